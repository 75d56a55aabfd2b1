// What pages gain with JavaScript. Everything works without it: this only saves
// clicks. No page has a script of its own.
"use strict";

// Days as numbers, so that a slider is as long as the time that it stands for.
const numberOf = (day) => Date.parse(day) / 86400000;
const dayOf = (number) => new Date(number * 86400000).toISOString().slice(0, 10);

// The slider of days runs over time. It rests on the days on which something
// changed, and plays from year to year.
function slide(holder) {
  const day = holder.closest("form").elements.asOf;
  const today = day.dataset.today;
  const marks = holder.dataset.marks.split(" ").filter((mark) => mark && mark <= today);
  holder.replaceChildren();
  holder.hidden = marks.length < 2;
  if (holder.hidden) return;
  if (marks.at(-1) < today) marks.push(today);
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: numberOf(marks[0]), max: numberOf(today) });
  range.setAttribute("aria-label", holder.dataset.label);
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC", numberingSystem: "latn" });
  const show = () => {
    range.value = numberOf(day.value);
    range.setAttribute("aria-valuetext", long.format(new Date(day.value)));
  };
  const go = (mark) => { day.value = mark; show(); };
  const step = (by) => {
    const at = marks.findLastIndex((mark) => mark <= day.value);
    return marks[Math.max(0, Math.min(marks.length - 1, by < 0 && marks[at] < day.value ? at : at + by))];
  };
  const player = play(holder, marks[0], today, day, go);
  range.addEventListener("input", () => { player.stop(); go(marks.findLast((mark) => numberOf(mark) <= range.value) ?? marks[0]); });
  range.addEventListener("change", () => refresh(day.form));
  range.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    player.stop();
    const turned = document.dir === "rtl" && event.key.match(/Left|Right/);
    go(step(turned ? -by : by));
    refresh(day.form);
  });
  const track = document.createElement("div");
  track.className = "track";
  track.append(range, years(numberOf(marks[0]), numberOf(today)));
  holder.append(player.button, track);
  show();
}

// The years below a slider, as many as have room.
function years(from, to) {
  const line = document.createElement("div");
  line.className = "years";
  line.setAttribute("aria-hidden", "true");
  const first = +dayOf(from).slice(0, 4) + 1, last = +dayOf(to).slice(0, 4);
  const apart = [1, 2, 5, 10, 20, 50].find((n) => (last - first) / n <= 7) ?? 100;
  for (let year = Math.ceil(first / apart) * apart; year <= last; year += apart) {
    const label = document.createElement("span");
    label.textContent = year;
    label.style.insetInlineStart = `${(100 * (numberOf(`${year}-01-01`) - from)) / (to - from)}%`;
    line.append(label);
  }
  return line;
}

// A button that goes from year to year, each when the one before is shown.
function play(holder, first, today, day, go) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet play";
  let playing = false;
  const tell = () => {
    button.textContent = playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", playing ? holder.dataset.pause : holder.dataset.play);
  };
  const stop = () => { playing = false; tell(); };
  const next = () => {
    const year = +day.value.slice(0, 4) + 1;
    return `${year}-01-01` < today ? `${year}-01-01` : today;
  };
  button.addEventListener("click", async () => {
    playing = !playing;
    tell();
    if (playing && day.value >= today) go(first);
    while (playing) {
      const rest = new Promise((done) => setTimeout(done, 350));
      await refresh(day.form);
      await rest;
      if (playing && day.value < today) go(next()); else stop();
    }
  });
  tell();
  return { button, stop };
}

// What a form asks for takes the place of what the page shows; the reader and
// the focus stay where they are. Only the last question is answered: what was
// asked before it is given up.
let asking;
async function refresh(form) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    const isToday = name === "asOf" && value === form.elements.asOf?.dataset.today;
    if (value !== "" && !isToday) address.searchParams.append(name, value);
  }
  let text, shown;
  try {
    const answer = await fetch(address, { signal: mine.signal });
    text = await answer.text();
    shown = answer.url;
  } catch (cause) {
    if (cause.name !== "AbortError") form.requestSubmit();
    return;
  }
  if (mine.signal.aborted) return;
  history.replaceState(null, "", shown);
  put(new DOMParser().parseFromString(text, "text/html"));
}

// put shows another page in the place of this one, but for the bar of days.
function put(page) {
  const focused = document.activeElement;
  const again = focused?.name && `[name="${CSS.escape(focused.name)}"]` + (focused.type === "checkbox" ? `[value="${CSS.escape(focused.value)}"]` : "");
  document.title = page.title;
  for (const part of ["header.top", "#main", "#past", "footer"]) {
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (old && fresh && !(part === "header.top" && old.contains(focused))) old.replaceWith(fresh);
  }
  const [bar, fresh] = [document.querySelector("section.when"), page.querySelector("section.when")];
  if (bar && fresh) {
    bar.classList.toggle("past", fresh.classList.contains("past"));
    const [form, other] = [bar.querySelector("form"), fresh.querySelector("form")];
    form.action = other.action;
    form.querySelectorAll("input[type=hidden]").forEach((field) => field.remove());
    form.prepend(...other.querySelectorAll("input[type=hidden]"));
    const [slider, marks] = [form.querySelector(".slider"), other.querySelector(".slider").dataset.marks];
    if (slider.dataset.marks !== marks) {
      slider.dataset.marks = marks;
      slide(slider);
    }
  }
  enhance(document.querySelector("#main"));
  enhance(document.querySelector("header.top"));
  document.querySelectorAll("footer .theme").forEach(themes);
  if (again && !document.contains(focused)) document.querySelector("#main " + again)?.focus({ preventScroll: true });
}

// Every field of a form acts at once; the button that would send it is not needed.
function atOnce(form) {
  form.querySelectorAll("button[type=submit]").forEach((button) => { button.hidden = true; });
  form.addEventListener("change", (event) => {
    if (event.target.type !== "range" && form.checkValidity()) refresh(form);
  });
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

// The number that a text is in the page's language, not a number where it is none:
// 1,067,090 in English is 1.067.090 in Spanish. "<0.01" is less than 0.01.
function amount(text) {
  const decimal = document.documentElement.dataset.decimal;
  const kept = [...text].filter((c) => (c >= "0" && c <= "9") || c === decimal || c === "-").join("").replace(decimal, ".");
  return parseFloat(kept) - (text.startsWith("<") ? 1e-9 : 0);
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
      const value = (row) => number ? amount(keyOf(row, column)) : keyOf(row, column);
      const none = (v) => v === "" || Number.isNaN(v);
      const rows = [...body.rows].map((row) => [value(row), row]);
      const turn = descending ? -1 : 1;
      rows.sort(([a], [b]) => none(a) - none(b) || turn * (none(a) ? 0 : number ? a - b : collator.compare(a, b)));
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

// A map of two hundred links is one stop of the Tab key: its arrow keys go from one
// State to the next, Home and End to the first and the last.
function oneStop(drawing) {
  const links = [...drawing.querySelectorAll("a")];
  const stop = (at) => links.forEach((link, i) => link.setAttribute("tabindex", i === at ? "0" : "-1"));
  stop(0);
  drawing.addEventListener("keydown", (event) => {
    const from = links.indexOf(event.target.closest("a"));
    const to = { ArrowRight: from + 1, ArrowDown: from + 1, ArrowLeft: from - 1, ArrowUp: from - 1, Home: 0, End: links.length - 1 }[event.key];
    if (from < 0 || to === undefined || !links[to]) return;
    event.preventDefault();
    stop(to);
    links[to].focus();
  });
}

function enhance(part) {
  part.querySelectorAll("svg.chart:has(a)").forEach(oneStop);
  part.querySelectorAll("form[method=get]").forEach(tidy);
  part.querySelectorAll(".when form, form.choose").forEach(atOnce);
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
