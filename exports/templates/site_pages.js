"use strict";
(() => {
  const root = document.body.dataset.root;
  const byId = (name) => document.getElementById(name);
  const input = byId("search"), found = byId("found"), live = byId("live"), theme = byId("theme");

  // ------------------------------------------------------------------ files as scripts: works from a folder too
  const loading = new Map();
  function load(path) {
    if (!loading.has(path)) {
      loading.set(path, new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = root + path;
        script.onload = () => done();
        script.onerror = () => { loading.delete(path); failed(new Error(path)); };
        document.head.append(script);
      }));
    }
    return loading.get(path);
  }
  let index = null, names = new Set();
  const shards = new Map();
  let queries = null;
  window.kgIndex = (data) => { index = data; names = new Set(data.shards.split(" ")); };
  window.kgShard = (name, entries) => { shards.set(name, entries); };
  window.kgQueries = (data) => { queries = data; };

  // ------------------------------------------------------------------ search
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const words = (text) => fold(text).match(/[\p{L}\p{N}]+/gu) || [];
  const shardName = (word, letters) => [...word].slice(0, letters).map((c) => c.codePointAt(0).toString(16)).join("-");
  let chosen = -1, asked = 0;

  async function search() {
    const turn = ++asked;
    const typed = words(input.value);
    try {
      if (!index) await load("search/index.js");
      let entries = index.top;
      const long = typed.filter((w) => [...w].length >= 2).sort((a, b) => b.length - a.length);
      if (long.length) {
        // A crowded beginning is split by its third letter; two letters alone then give the best-known names.
        const finer = shardName(long[0], 3);
        const wanted = names.has(finer) ? finer : shardName(long[0], 2);
        entries = [];
        if (names.has(wanted)) {
          if (!shards.has(wanted)) await load(`search/${wanted}.js`);
          entries = shards.get(wanted) || [];
        }
      }
      if (turn === asked) show(typed.length ? choose(entries, typed) : entries.slice(0, 8), typed);
    } catch {
      if (turn === asked) tell("The search index could not be loaded.");
    }
  }

  function choose(entries, typed) {
    const squashed = typed.join("");
    const kept = [];
    for (const entry of entries) {
      const own = entry.words || (entry.words = words(entry[0] + " " + entry[4]));
      const whole = entry.whole || (entry.whole = words(entry[0]).join(""));
      let rank = -1;
      if (whole === squashed) rank = 0;
      else if (whole.startsWith(squashed)) rank = 1;
      else if (typed.every((word) => own.some((other) => other.startsWith(word)))) rank = 2;
      if (rank >= 0) kept.push([rank, entry]);
    }
    // The files are in the order of papers; a stable sort keeps it within a rank.
    return kept.sort((a, b) => a[0] - b[0]).slice(0, 20).map((pair) => pair[1]);
  }

  function show(entries, typed) {
    found.replaceChildren();
    chosen = -1;
    for (const [place, entry] of entries.entries()) {
      const link = document.createElement("a");
      link.href = root + entry[1].split("/").map(encodeURIComponent).join("/");
      link.id = `found-${place}`;
      link.setAttribute("role", "option");
      link.setAttribute("aria-selected", "false");
      link.tabIndex = -1;
      const dot = document.createElement("i");
      dot.className = `dot ${index.kinds[entry[2]]}`;
      const name = document.createElement("span");
      name.className = "name";
      name.dir = "auto";
      name.textContent = entry[0] || "(no name)";
      const note = document.createElement("small");
      note.textContent = entry[3] ? `${index.types[entry[2]]} · ${entry[3]}` : index.types[entry[2]];
      link.append(dot, name, note);
      found.append(link);
    }
    if (!entries.length) tell("Nothing found.");
    open(true);
    if (typed.length) live.textContent = entries.length ? `${entries.length} found` : "Nothing found";
  }

  function tell(text) {
    const line = document.createElement("p");
    line.textContent = text;
    found.replaceChildren(line);
    open(true);
  }

  function open(wanted) {
    found.hidden = !wanted;
    input.setAttribute("aria-expanded", String(wanted));
    if (!wanted) { input.removeAttribute("aria-activedescendant"); chosen = -1; }
  }

  function move(step) {
    const links = found.querySelectorAll("a");
    if (!links.length) return;
    chosen = (chosen + step + links.length) % links.length;
    links.forEach((link, place) => link.setAttribute("aria-selected", String(place === chosen)));
    links[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", links[chosen].id);
  }

  input.addEventListener("input", search);
  input.addEventListener("focus", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { move(1); event.preventDefault(); }
    else if (event.key === "ArrowUp") { move(chosen < 0 ? 0 : -1); event.preventDefault(); }
    else if (event.key === "Enter") { (found.querySelectorAll("a")[Math.max(chosen, 0)] || input).click(); }
    else if (event.key === "Escape") { if (found.hidden) input.blur(); open(false); event.preventDefault(); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      input.focus();
      input.select();
      event.preventDefault();
    }
  });
  document.addEventListener("pointerdown", (event) => { if (!event.target.closest(".search")) open(false); });
  input.addEventListener("blur", () => setTimeout(() => { if (!found.contains(document.activeElement)) open(false); }, 150));

  // ------------------------------------------------------------------ the query behind a panel
  async function showQuery(link) {
    const heading = link.closest("h2, .numbers") || link;
    const old = heading.nextElementSibling;
    const shown = old && old.classList.contains("query");
    link.setAttribute("aria-expanded", String(!shown));
    if (shown) { old.remove(); return; }
    try {
      if (!queries) await load("queries.js");
    } catch {
      location.href = link.href;
      return;
    }
    const text = link.dataset.query.split(" ").map((name) => queries[name]).join("\n")
      .split("urn:thing").join(document.body.dataset.iri || "urn:thing");
    const box = document.createElement("div");
    box.className = "query";
    const code = document.createElement("pre");
    code.tabIndex = 0;
    code.textContent = text;
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy";
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
    box.append(code, copy);
    heading.after(box);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.q");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      showQuery(link);
    }
  });

  // ------------------------------------------------------------------ light and dark
  // Storage is refused to pages in some folders and frames; then the choice lasts for the page.
  const remembered = () => { try { return localStorage.getItem("kg-theme"); } catch { return null; } };
  const remember = (value) => { try { localStorage.setItem("kg-theme", value); } catch { /* see above */ } };
  const start = remembered();
  if (start === "light" || start === "dark") document.documentElement.dataset.theme = start;
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    remember(next);
  });
  document.documentElement.dataset.ready = "true";
})();
