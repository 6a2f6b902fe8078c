// Lets a textarea grow with its words where CSS can't do it yet (field-sizing: content).
(() => {
  "use strict";
  if (CSS.supports("field-sizing", "content")) return;
  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea")) grow(event.target);
  });
  document.querySelectorAll("textarea").forEach(grow);
})();
