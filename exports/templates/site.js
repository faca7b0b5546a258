"use strict";
// The search on the first page. The names come as a script, since a page opened from disk may not fetch.
(() => {
  const input = document.getElementById("search");
  const list = document.getElementById("found");
  if (!input || !list) return;
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let rows = null;
  const load = () => {
    if (rows) return;
    rows = [];
    const script = document.createElement("script");
    script.src = "names.js";
    script.onload = () => {
      const { types, rows: found } = window.siteNames;
      rows = found.map(([label, path, type, papers, ...aliases]) => ({
        label, path, type: types[type], papers, names: [label, ...aliases].map(fold),
      }));
      search();
    };
    document.head.append(script);
  };
  const search = () => {
    const wanted = fold(input.value.trim());
    list.replaceChildren();
    if (!wanted || !rows) return;
    const score = (row) => Math.max(...row.names.map((n) => (n === wanted ? 3 : n.startsWith(wanted) ? 2 : n.includes(wanted) ? 1 : 0)));
    const hits = rows.map((row) => [score(row), row]).filter(([s]) => s > 0);
    hits.sort((a, b) => b[0] - a[0] || b[1].papers - a[1].papers);
    for (const [, row] of hits.slice(0, 20)) {
      const item = document.createElement("li");
      const dot = document.createElement("span");
      dot.className = `dot t-${row.type}`;
      const link = document.createElement("a");
      link.href = row.path;
      link.textContent = row.label;
      item.append(dot, link);
      list.append(item);
    }
    if (!hits.length) list.append("No name like this");
  };
  input.addEventListener("focus", load);
  input.addEventListener("input", () => {
    load();
    search();
  });
})();
