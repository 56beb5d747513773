// A browser starts no worker from a page that was opened from disk, and the site's search is one. There, what a worker
// would run is run in a hidden frame; on a server nothing is changed.
(() => {
  if (location.protocol !== "file:") return;

  window.Worker = class FrameWorker extends EventTarget {
    constructor(url) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.documentElement.append(this.frame);
      const inside = this.frame.contentWindow;
      const worker = new URL(url, location);
      const load = (address) =>
        new Promise((resolve, reject) => {
          const script = inside.document.createElement("script");
          script.src = new URL(address, worker).href;
          script.onload = resolve;
          script.onerror = () => reject(new Error(`${script.src} cannot be read`));
          inside.document.documentElement.append(script);
        });
      inside.importScripts = (...addresses) => Promise.all(addresses.map(load));
      inside.postMessage = (data) => this.answer(new MessageEvent("message", { data }));
      this.ready = load(worker).catch((error) => this.answer(new ErrorEvent("error", { message: error.message })));
    }

    answer(event) {
      this.dispatchEvent(event);
      this[`on${event.type}`]?.(event);
    }

    postMessage(data) {
      this.ready.then(() => this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.frame.remove();
    }
  };
})();
