// Swagger UI is dark where its page says so; this says so while the system does.
"use strict";
{
  const system = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", system.matches);
  follow();
  system.addEventListener("change", follow);
}
