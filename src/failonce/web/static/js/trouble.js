// Says so in words when something asked for in the background didn't arrive; htmx alone would stay silent.
(() => {
  "use strict";
  const say = (sentence) => {
    const place = document.getElementById("trouble");
    if (place) place.textContent = sentence;
    place?.toggleAttribute("hidden", !sentence);
  };
  document.addEventListener("htmx:sendError", () => say("The server can't be reached. What you wrote is still here; try again in a moment."));
  document.addEventListener("htmx:timeout", () => say("The server took too long to answer. What you wrote is still here; try again in a moment."));
  document.addEventListener("htmx:responseError", (event) => {
    // A search that is typed ahead may fail unseen: the next letter asks again.
    if (event.detail.requestConfig.verb === "get") return;
    say(event.detail.xhr.status === 403
      ? "You may have been signed out. Open a second window, sign in there, then press the button here again."
      : "That wasn't saved: the server couldn't take it. What you wrote is still here; try again in a moment.");
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) say(""); });
})();
