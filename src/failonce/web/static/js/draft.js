// Keeps every word of a form marked data-draft="key" in this browser until the server has them.
// After a lost connection, a crash or a restart the words are back, and the page says so.
(() => {
  "use strict";
  const person = document.body.dataset.person || "anyone";
  const place = (form) => `failonce-draft:${person}:${form.dataset.draft}`;
  const kept = (field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const fieldsOf = (form) => [...form.elements].filter(kept);

  const valueOf = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked;
    if (field.multiple) return [...field.selectedOptions].map((option) => option.value);
    return field.value;
  };
  const give = (field, value) => {
    if (typeof value === "boolean") field.checked = value;
    else if (field.multiple) for (const option of field.options) option.selected = value.includes(option.value);
    else field.value = value;
  };
  // Boxes share a name; their value tells them apart.
  const nameOf = (field) => (typeof valueOf(field) === "boolean" ? `${field.name}=${field.value}` : field.name);
  // What the server sent, even where the browser has already put back what was typed before a reload.
  const servedIn = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.defaultChecked;
    if (!field.options) return field.defaultValue;
    const chosen = [...field.options].filter((option) => option.defaultSelected).map((option) => option.value);
    return field.multiple ? chosen : chosen[0] ?? field.options[0]?.value ?? "";
  };
  const servedBy = (form) => Object.fromEntries(fieldsOf(form).map((field) => [nameOf(field), servedIn(field)]));
  const wordsOf = (form) => Object.fromEntries(fieldsOf(form).map((field) => [nameOf(field), valueOf(field)]));
  const fill = (form, words) => {
    for (const field of fieldsOf(form)) {
      if (!(nameOf(field) in words)) continue;
      give(field, words[nameOf(field)]);
      if (same(valueOf(field), servedIn(field))) continue;
      for (let folded; (folded = field.closest("details:not([open])"));) folded.open = true;
    }
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // Whether the draft holds all that the server now has: it sent the same as then, or the draft has gone on from it.
  const nothingLost = (draft, served) => Object.entries(served).every(([name, now]) =>
    same(now, draft.served[name]) || same(now, draft.words[name])
    || (typeof now === "string" && String(draft.words[name] ?? "").includes(now)));

  // Private windows and full disks refuse storage; then the form simply works as it would without this file.
  const store = (form, draft) => { try { localStorage.setItem(place(form), JSON.stringify(draft)); } catch { /* as above */ } };
  const read = (form) => { try { return JSON.parse(localStorage.getItem(place(form))); } catch { return null; } };
  const forget = (form) => { try { localStorage.removeItem(place(form)); } catch { /* as above */ } };

  const notice = (form, sentence, button, act) => {
    const box = document.createElement("div");
    box.className = "notice";
    box.setAttribute("role", "status");
    const words = document.createElement("span");
    words.textContent = sentence;
    const press = document.createElement("button");
    press.type = "button";
    press.className = "button";
    press.textContent = button;
    press.addEventListener("click", () => { act(); box.remove(); form.querySelector("textarea, input:not([type=hidden])")?.focus(); });
    box.append(words, press);
    form.prepend(box);
  };

  const since = (at) => new Date(at).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

  const restore = (form, served) => {
    const draft = read(form);
    if (!draft || same(draft.words, served)) return;
    const bring = () => fill(form, draft.words);
    if (nothingLost(draft, served)) {
      bring();
      notice(form, `What you wrote on ${since(draft.at)} is back; it isn't saved yet.`, "Discard it", () => { fill(form, served); forget(form); });
    } else {
      // Somebody, or you elsewhere, saved something since: bringing the draft back unasked would undo that.
      notice(form, `This was changed after you wrote here on ${since(draft.at)}. Your words are kept.`, "Put mine in", bring);
    }
  };

  const watch = (form) => {
    const served = servedBy(form);
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      const words = wordsOf(form);
      if (same(words, served)) return;
      store(form, { words, served, at: Date.now() });
    };
    restore(form, served);
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
    form.addEventListener("change", keep);
    window.addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", keep);
    form.addEventListener("submit", () => {
      keep();
      // The server echoes this key in a cookie once the words are safe with it; only then are they forgotten here.
      if (form.elements._draft) return;
      const key = document.createElement("input");
      Object.assign(key, { type: "hidden", name: "_draft", value: form.dataset.draft });
      form.append(key);
    });
    form.addEventListener("htmx:afterRequest", (event) => {
      if (event.target === form && event.detail.successful) forget(form);
    });
    // A save of the draft that still waits when a button is pressed would arrive after it, and bring the draft back.
    let leaving = false;
    document.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
    form.addEventListener("input", () => { leaving = false; });
    form.addEventListener("htmx:beforeRequest", (event) => { if (leaving) event.preventDefault(); });
  };

  const done = document.cookie.match(/(?:^|; )failonce_draft_done=([\w.-]+)/);
  if (done) {
    forget({ dataset: { draft: done[1] } });
    document.cookie = "failonce_draft_done=; Max-Age=0; Path=/; SameSite=Lax";
  }
  document.querySelectorAll("form[data-draft]").forEach(watch);
})();
