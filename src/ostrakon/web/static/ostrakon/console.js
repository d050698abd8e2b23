// What the pages of the console do in the browser: keys, words that are never lost, and live changes that leave the
// focus alone. Everything works without it, but for keys and live changes.
"use strict";

// -- keys ------------------------------------------------------------------------------------------
// An element with data-key="c" is what the key c does. Inside a [data-scope] (a row, a card) it acts only while the
// focus is in there; elsewhere it belongs to the page. The listener stands on the document, outside of all that is
// swapped, so that no key press is lost and none finds another row.

const WRITING = "input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select, [contenteditable]";
const KEYS_OFF = "ostrakon.keys-off";

function actionOf(key, focused) {
  const scope = focused.closest("[data-scope]");
  const named = `[data-key="${CSS.escape(key)}"]`;
  const inScope = scope && scope.querySelector(named);
  return inScope || [...document.querySelectorAll(named)].find((found) => !found.closest("[data-scope]"));
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (rows.length === 0) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by));
  const link = rows[next].querySelector("a[href], button, summary");
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (press) => {
  if (press.defaultPrevented || press.ctrlKey || press.metaKey || press.altKey || press.repeat && press.key.length > 1) return;
  if (localStorage.getItem(KEYS_OFF) || press.target.closest(WRITING) || document.querySelector("dialog[open]")) return;
  if (press.key === "j" || press.key === "k") {
    step(press.key === "j" ? 1 : -1);
  } else {
    const action = press.key.length === 1 && actionOf(press.key, document.activeElement);
    if (!action || action.disabled) return;
    if (action.matches(WRITING)) action.focus();
    else action.click();
    if (action.matches("details[open] > summary")) action.parentElement.querySelector(WRITING)?.focus();
  }
  press.preventDefault();
});

function showKeys() {
  const walk = document.querySelector("[data-row]") && document.body.dataset.rows;
  const rows = [["j / k", walk], ...[...document.querySelectorAll("[data-key]")].map((found) => [found.dataset.key, found.dataset.says || found.textContent.trim()])];
  const said = new Map(rows.filter(([, what]) => what));
  document.getElementById("keys-here").replaceChildren(...[...said].map(([key, what]) => {
    const row = document.createElement("tr");
    const [named, does] = [document.createElement("th"), document.createElement("td")];
    named.scope = "row";
    named.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    does.textContent = what;
    row.append(named, does);
    return row;
  }));
}

// -- dialogs ---------------------------------------------------------------------------------------

document.addEventListener("click", (click) => {
  const opener = click.target.closest("[data-dialog]");
  if (!opener) return;
  if (opener.dataset.dialog === "keys") showKeys();
  document.getElementById(opener.dataset.dialog).showModal();
});

document.addEventListener("keydown", (press) => {
  if (press.key === "?" && !press.target.closest(WRITING) && !document.querySelector("dialog[open]")) {
    document.querySelector('[data-dialog="keys"]')?.click();
  }
});

// -- words are never lost --------------------------------------------------------------------------
// What is written in a form[data-draft] is kept in this tab until the form was taken: a page that came after says
// so by data-taken. An expired session, the back button and a refusal bring it back, to who wrote it and nobody else.

const DRAFT = `ostrakon.draft.${document.body.dataset.person}.`;
const kept = (form) => [...form.elements].filter((field) => field.name && field.matches("textarea, select, input:not([type=hidden], [type=password], [type=file])"));

function keepDraft(form) {
  const words = kept(form).map((field) => [field.name, field.value, field.checked === true]);
  sessionStorage.setItem(DRAFT + form.dataset.draft, JSON.stringify(words));
}

function bringBack(form) {
  const draft = sessionStorage.getItem(DRAFT + form.dataset.draft);
  if (!draft) return;
  for (const [name, value, checked] of JSON.parse(draft)) {
    for (const field of kept(form).filter((found) => found.name === name)) {
      if (field.matches("[type=radio], [type=checkbox]")) {
        if (field.value === value) field.checked = checked;
      } else if (!field.dataset.given) {
        field.value = value;
      }
    }
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  const around = form.closest("details");
  if (around) around.open = true;
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && form.dataset.draft) keepDraft(form);
});

// -- a form is sent once ---------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// -- fields that matter only for some choices ------------------------------------------------------
// data-when="action=suspend suspend_for_a_time": shown, and sent, while the field of that name has such a value.

function showWhatMatters(form) {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split("=");
    const field = form.elements[name];
    const matters = Boolean(field) && values.split(" ").includes(field.value);
    part.hidden = !matters;
    for (const inner of part.querySelectorAll("input, textarea, select")) inner.disabled = !matters;
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form");
  if (form) showWhatMatters(form);
});

// -- live changes ----------------------------------------------------------------------------------
// A row that has the focus is never replaced; it changes when the focus has left it.

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const focused = document.activeElement;
  if (focused !== document.body && event.detail.target.contains(focused)) event.detail.shouldSwap = false;
});

// Whoever clicked on what is replaced stays in its row.
document.addEventListener("htmx:afterSwap", (event) => {
  if (document.activeElement !== document.body) return;
  event.detail.target.closest?.("[data-row]")?.querySelector("a[href]")?.focus();
});

document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  document.getElementById("said").textContent = answer.querySelector(".problem")?.textContent ?? event.detail.xhr.statusText;
});

// -- at the beginning ------------------------------------------------------------------------------

document.addEventListener("DOMContentLoaded", () => {
  for (const taken of document.querySelectorAll("[data-taken]")) sessionStorage.removeItem(DRAFT + taken.dataset.taken);
  for (const form of document.querySelectorAll("form[data-draft]")) bringBack(form);
  for (const form of document.querySelectorAll("form")) showWhatMatters(form);
  const on = document.getElementById("keys-on");
  on.checked = !localStorage.getItem(KEYS_OFF);
  on.addEventListener("change", () => on.checked ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "yes"));
  document.querySelector("[data-first]")?.focus();
});
