"""Run the tutorials and keep small pictures in them, so that a page that runs no code shows them.

Usage: python docs/refresh_tutorials.py
"""

import base64
import io
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

TUTORIALS = Path(__file__).parents[1] / "tutorials"
WIDTH = 700
"""Pixels: what a code host's page shows."""


def refresh(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(TUTORIALS)}}).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [small(output) for output in cell.outputs if output.output_type != "stream"]
            cell.metadata.pop("execution", None)
    notebook.metadata = {name: notebook.metadata[name] for name in ("kernelspec", "language_info")}
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


def small(output):
    """The picture in few colours, or the plain text."""
    data = output.get("data", {})
    if "image/png" in data:
        output["data"] = {"image/png": shrink(data["image/png"]), "text/plain": data.get("text/plain", "")}
    elif "text/html" in data and "text/plain" in data:
        output["data"] = {"text/plain": data["text/plain"]}
    output.metadata = {}
    return output


def shrink(picture: str) -> str:
    image = Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGB")
    image = image.resize((WIDTH, round(image.height * WIDTH / image.width)), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.quantize(128).save(stream, "png", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")


if __name__ == "__main__":
    os.environ["GPNB_STATIC"] = "1"
    for notebook_path in sorted(TUTORIALS.glob("*.ipynb")):
        refresh(notebook_path)
        sys.stdout.write(f"{notebook_path.name}: {notebook_path.stat().st_size // 1024} kB\n")
