// @ts-check
// A prebuilt extension of JupyterLab and Notebook 7, as it is, without a build: an output of gpnb shows its live panel
// where the kernel knows it, else the picture that the notebook holds.
"use strict";

(() => {
  const PANEL = "application/vnd.gpnb.panel+json";
  const WIDGET = "application/vnd.jupyter.widget-view+json";
  const PICTURE = "text/html";
  const TEXT = "text/plain";
  const RANK = -20; // before the widgets' own, -10

  /** @type {any} What JupyterLab shares: package → version → { get } */
  let shared = {};

  /** A package of JupyterLab's own. @param {string} name */
  async function take(name) {
    const [given] = Object.values(shared[name]);
    return (await given.get())();
  }

  /**
   * Whether the kernel has the model of a panel; without a kernel nobody has.
   * @param {any} session
   * @param {string} model
   */
  async function isKnown(session, model) {
    await session.ready;
    const kernel = session.session?.kernel;
    if (!kernel) return false;
    const { content } = await kernel.requestCommInfo({ target_name: "jupyter.widget" });
    return content.status === "ok" && model in content.comms;
  }

  /**
   * The renderer of outputs of one notebook.
   * @param {any} parts Of @lumino/widgets
   * @param {any} notebook
   */
  function rendererOf({ Panel }, notebook) {
    return class extends Panel {
      /** What is shown: a model's name while it is live. */
      #live = "";

      /** @param {any} model The output */
      async renderModel(model) {
        const name = model.data[PANEL].model_id;
        if (this.#live === name) return; // a picture was added for later
        const isRunning = notebook.sessionContext.isReady; // before that, what renders widgets lacks its kernel
        const kept = [PICTURE, TEXT].find((kind) => kind in model.data);
        const isNew = isRunning && !(PICTURE in model.data); // its picture comes later
        if (!isNew && kept) await this.show(kept, model);
        if (isNew || (await isKnown(notebook.sessionContext, name))) {
          this.#live = name;
          await this.show(WIDGET, model);
        }
      }

      /**
       * @param {string} kind
       * @param {any} model
       */
      async show(kind, model) {
        const made = notebook.content.rendermime.createRenderer(kind);
        await made.renderModel(model);
        for (const before of [...this.widgets]) before.dispose();
        if (!this.isDisposed) this.addWidget(made);
      }
    };
  }

  /**
   * @param {any} parts
   * @param {any} notebook
   */
  function serve(parts, notebook) {
    const Renderer = rendererOf(parts, notebook);
    notebook.content.rendermime.addFactory(
      { safe: true, mimeTypes: [PANEL], createRenderer: () => new Renderer() }, RANK);
  }

  /** The plug-in, made of what JupyterLab shares. */
  async function plugin() {
    const { INotebookTracker } = await take("@jupyterlab/notebook");
    const parts = await take("@lumino/widgets");
    return {
      id: "gpnb:panels",
      autoStart: true,
      requires: [INotebookTracker],
      /**
       * @param {any} _
       * @param {any} tracker
       */
      activate(_, tracker) {
        tracker.forEach((/** @type {any} */ notebook) => serve(parts, notebook));
        tracker.widgetAdded.connect((/** @type {any} */ _, /** @type {any} */ notebook) => serve(parts, notebook));
      },
    };
  }

  const page = /** @type {any} */ (window);
  page._JUPYTERLAB = page._JUPYTERLAB || {};
  page._JUPYTERLAB.gpnb = {
    /** @param {any} given */
    init(given) { shared = given; },
    async get() {
      const made = await plugin();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
