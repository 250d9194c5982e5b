// All of Aladin Lite as one value; hatch_build.py makes gpnb/widgets/static/aladin.js of it.
import A from "aladin-lite";

export default A;
