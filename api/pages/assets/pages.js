// What pages gain with JavaScript. Everything works without it: this only saves
// clicks. No page has a script of its own.
"use strict";

// The slider of days: over the days on which something changed, up to today.
function slide(holder) {
  const day = holder.closest("form").elements.asOf;
  const marks = holder.dataset.marks.split(" ").filter(Boolean);
  const today = day.dataset.today;
  if (marks.length < 2) return;
  if (marks[marks.length - 1] < today) marks.push(today);
  const range = document.createElement("input");
  range.type = "range";
  range.min = "0";
  range.max = String(marks.length - 1);
  range.setAttribute("aria-label", holder.dataset.label);
  const at = marks.findLastIndex((mark) => mark <= day.value);
  range.value = String(Math.max(0, at));
  const tell = () => range.setAttribute("aria-valuetext", marks[range.value]);
  range.addEventListener("input", () => { day.value = marks[range.value]; tell(); });
  range.addEventListener("change", () => refresh(day.form));
  tell();
  holder.append(range);
  holder.hidden = false;
}

// What a form asks for takes the place of what the page shows; the reader and
// the focus stay where they are.
async function refresh(form) {
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    const isToday = name === "asOf" && value === form.elements.asOf?.dataset.today;
    if (value !== "" && !isToday) address.searchParams.append(name, value);
  }
  const focused = document.activeElement;
  const again = focused?.name && `[name="${CSS.escape(focused.name)}"]` + (focused.type === "checkbox" ? `[value="${CSS.escape(focused.value)}"]` : "");
  let answer;
  try {
    answer = await fetch(address);
  } catch {
    form.requestSubmit();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  history.replaceState(null, "", answer.url);
  document.title = page.title;
  for (const part of ["#main", "#past", "footer"]) document.querySelector(part)?.replaceWith(page.querySelector(part));
  document.querySelector("section.when").classList.toggle("past", address.searchParams.has("asOf"));
  enhance(document.querySelector("#main"));
  if (again) document.querySelector("#main " + again)?.focus();
}

// Empty fields stay out of the address, and today needs no day.
function tidy(form) {
  form.addEventListener("submit", () => {
    for (const field of form.elements) {
      const isToday = field.name === "asOf" && field.value === field.dataset.today;
      if (field.name && (field.value === "" || isToday)) field.disabled = true;
    }
  });
  addEventListener("pageshow", () => { for (const field of form.elements) field.disabled = false; });
}

// Heads of tables sort their column; a click more turns the order round.
function sortable(table) {
  const body = table.tBodies[0];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    return cell.querySelector("time")?.dateTime ?? cell.dataset.key ?? cell.textContent.trim();
  };
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    if (head.querySelector("a")) {
      button.setAttribute("aria-label", `↕ ${head.textContent.trim()}`);
      button.append("↕");
    } else {
      button.append(...head.childNodes);
    }
    head.append(button);
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const number = head.classList.contains("number");
      const value = (row) => number ? parseFloat(keyOf(row, column).replace(/[^\d.,-]/g, "").replace(",", ".")) || 0 : keyOf(row, column);
      const rows = [...body.rows].map((row) => [value(row), row]);
      rows.sort(([a], [b]) => number ? a - b : (a === "") - (b === "") || collator.compare(a, b));
      if (descending) rows.reverse();
      body.append(...rows.map(([, row]) => row));
    });
  });
}

// A field above a long table leaves the rows that contain its text.
function filterable(table) {
  const field = document.createElement("input");
  field.type = "search";
  field.placeholder = table.dataset.filter;
  field.setAttribute("aria-label", table.dataset.filter);
  table.parentElement.before(field);
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLocaleLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  });
}

// While a reader types, a search field offers the treaties and participants whose
// names have the text.
function suggest(field) {
  const offered = document.createElement("datalist");
  offered.id = `offered-${document.querySelectorAll("datalist").length}`;
  field.after(offered);
  field.setAttribute("list", offered.id);
  field.autocomplete = "off";
  const address = new URL(field.form.action);
  address.pathname = address.pathname.replace(/search$/, "suggest");
  let waiting, asked;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    asked?.abort();
    address.search = new URLSearchParams({ q: field.value.trim() });
    if (field.value.trim().length < 2) return offered.replaceChildren();
    waiting = setTimeout(async () => {
      asked = new AbortController();
      try {
        const answer = await fetch(address, { signal: asked.signal });
        if (!answer.ok) return;
        offered.replaceChildren(...(await answer.json()).map(({ value, label }) => new Option(label, value)));
      } catch { /* the search works without */ }
    }, 150);
  });
}

// Light or dark, for who does not want what the system says.
function themes(holder) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  const root = document.documentElement;
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const show = () => { button.textContent = dark() ? holder.dataset.light : holder.dataset.dark; };
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    show();
  });
  show();
  holder.append(button);
}

// What is recorded reaches who is at the desk as it happens.
const recorded = [
  "action.recorded", "action.learned", "action.corrected", "action.contested", "action.annulled", "notification.issued",
  "treaty.defined", "treaty.learned", "treaty.coverage", "registry.defined",
];
function follow(address, told) {
  const stream = new EventSource(address);
  for (const kind of recorded) stream.addEventListener(kind, (event) => told(JSON.parse(event.data)));
  addEventListener("pagehide", () => stream.close());
}

// Beside a form about a treaty: a word that the treaty has changed.
function watch(form) {
  const live = form.querySelector(".live");
  follow(form.dataset.watch, (notice) => {
    live.textContent = `${form.dataset.said} ${notice.title}`;
    live.hidden = false;
  });
}

// The latest commits are read again when there are new ones.
function keepUp(section) {
  let waiting = false;
  follow(section.dataset.follow, () => {
    if (waiting) return;
    waiting = true;
    setTimeout(async () => {
      waiting = false;
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#latest");
      if (fresh) section.querySelector("#latest").replaceChildren(...fresh.childNodes);
    }, 300);
  });
}

function enhance(part) {
  part.querySelectorAll("form[method=get]").forEach(tidy);
  part.querySelectorAll("form[role=search] input[name=q]").forEach(suggest);
  part.querySelectorAll("table.sortable").forEach(sortable);
  part.querySelectorAll("table[data-filter]").forEach(filterable);
  part.querySelectorAll(".whatif input[type=checkbox]").forEach((box) => box.addEventListener("change", () => refresh(box.form)));
}

const theme = localStorage.getItem("theme");
if (theme) document.documentElement.dataset.theme = theme;
document.querySelectorAll(".theme").forEach(themes);
document.querySelectorAll(".slider").forEach(slide);
enhance(document);
document.querySelectorAll("form[data-watch]").forEach(watch);
document.querySelectorAll("[data-follow]").forEach(keepUp);
