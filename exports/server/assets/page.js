"use strict";
// The query page: an editor that completes terms, named queries, and answers as a table or a picture. No request
// leaves this server.
const $ = (id) => document.getElementById(id);
const editor = $("query"), choices = $("choices");
let terms = { prefixes: {}, classes: [], properties: [], queries: [], base: "" };
let running = null;

const KEYWORDS = ("SELECT DISTINCT WHERE FILTER OPTIONAL UNION MINUS GRAPH VALUES BIND ORDER BY GROUP BY HAVING LIMIT OFFSET ASK " +
  "CONSTRUCT DESCRIBE COUNT( SUM( AVG( MIN( MAX( SAMPLE( GROUP_CONCAT( REGEX( CONTAINS( LCASE( UCASE( STR( STRLEN( " +
  "STRSTARTS( SUBSTR( IF( COALESCE( EXISTS NOT PREFIX").split(" ");

fetch("/terms.json").then((r) => r.json()).then((value) => {
  terms = value;
  $("about").textContent = `${value.statements.toLocaleString()} statements. SPARQL 1.1 endpoint at ${location.origin}/sparql`;
  for (const query of value.queries) $("named").append(new Option(`${query.name}: ${query.title}`, query.name));
  const asked = new URLSearchParams(location.hash.slice(1)).get("query");
  if (asked) { editor.value = asked; run(); }
});

// ------------------------------------------------------------------ named queries
$("named").addEventListener("change", () => {
  const query = terms.queries.find((q) => q.name === $("named").value);
  $("parameters").replaceChildren();
  if (!query) return;
  for (const parameter of query.parameters) {
    const label = document.createElement("label"), input = document.createElement("input");
    label.textContent = parameter.name + " ";
    input.value = parameter.default;
    input.name = parameter.name;
    input.addEventListener("input", () => fill(query));
    label.append(input);
    $("parameters").append(label);
  }
  fill(query);
});

function fill(query) {
  const values = Object.fromEntries([...$("parameters").querySelectorAll("input")].map((i) => [i.name, i.value]));
  editor.value = query.text.split("\n").filter((l) => !l.startsWith("# @param")).map((line) => {
    const mark = /#\s*@(\w+)\s*$/.exec(line);
    const parameter = mark && query.parameters.find((p) => p.name === mark[1]);
    if (!parameter) return line;
    const value = values[parameter.name];
    if (parameter.type === "number") return line.replace(/(?<![\w.])\d+(\.\d+)?(?![\w.])/, () => String(Number(value) || 0));
    const text = parameter.type === "name" ? normalise(value) : value;
    return line.replace(/"(?:[^"\\]|\\.)*"/, () => JSON.stringify(text));
  }).join("\n").trim();
}

// Near enough to the normal form of names on the server: compatibility characters, case, separators, a plural s.
function normalise(name) {
  let text = name.normalize("NFKC").normalize("NFD").replace(/[\u0300-\u036f]/g, "").trim();
  if (/[A-Z][A-Za-z]*[A-Z]s$/.test(text)) text = text.slice(0, -1);
  text = text.toLowerCase().replace(/(\d)[\s.\-_/]+(?=\d)/g, (m, d) => d + (m.includes(".") && m.length === 2 ? "." : "-"));
  text = text.replace(/(?<!\d)[^\p{L}\p{N}+*#@]+|[^\p{L}\p{N}+*#@.\-]+|[.\-](?!\d)/gu, "");
  if (text.length > 4 && /[a-z]{3}ies$/.test(text)) return text.slice(0, -3) + "y";
  return text.length > 4 && /[^sui\d]s$/.test(text) ? text.slice(0, -1) : text;
}

// ------------------------------------------------------------------ completion
let options = [], chosen = 0;

function wordBefore() {
  const before = editor.value.slice(0, editor.selectionStart);
  return /[\w:?.-]*$/.exec(before)[0];
}

function complete(force) {
  const word = wordBefore();
  if (!force && word.length < 2) return close();
  const low = word.toLowerCase();
  const variables = [...new Set(editor.value.match(/\?\w+/g) || [])].filter((v) => v !== word);
  const all = [...terms.properties, ...terms.classes, ...Object.keys(terms.prefixes).map((p) => p + ":"), ...variables, ...KEYWORDS];
  const local = (t) => t.slice(t.indexOf(":") + 1).toLowerCase();
  options = all.filter((t) => t !== word && (t.toLowerCase().startsWith(low) || (!low.includes(":") && low && local(t).startsWith(low)))).slice(0, 30);
  if (!options.length) return close();
  chosen = 0;
  choices.replaceChildren(...options.map((text, i) => {
    const item = document.createElement("li");
    item.textContent = text;
    item.id = `choice-${i}`;
    item.setAttribute("role", "option");
    item.addEventListener("mousedown", (event) => { event.preventDefault(); chosen = i; accept(); });
    return item;
  }));
  const lines = editor.value.slice(0, editor.selectionStart).split("\n");
  choices.style.left = `${Math.min(12 + lines.at(-1).length * 8.4, editor.clientWidth - 240)}px`;
  choices.style.top = `${editor.offsetTop + 14 + lines.length * 21 - editor.scrollTop}px`;
  choices.hidden = false;
  editor.setAttribute("aria-expanded", "true");
  mark();
}

function mark() {
  [...choices.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
  choices.children[chosen]?.scrollIntoView({ block: "nearest" });
  editor.setAttribute("aria-activedescendant", `choice-${chosen}`);
}

function close() {
  choices.hidden = true;
  editor.setAttribute("aria-expanded", "false");
  editor.removeAttribute("aria-activedescendant");
}

function accept() {
  const at = editor.selectionStart, word = wordBefore();
  editor.setRangeText(options[chosen], at - word.length, at, "end");
  close();
  editor.focus();
}

editor.addEventListener("input", () => complete(false));
editor.addEventListener("blur", close);
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); return; }
  if (event.key === " " && event.ctrlKey) { event.preventDefault(); complete(true); return; }
  if (choices.hidden) return;
  if (event.key === "ArrowDown") chosen = (chosen + 1) % options.length;
  else if (event.key === "ArrowUp") chosen = (chosen + options.length - 1) % options.length;
  else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); accept(); return; }
  else if (event.key === "Escape") { close(); return; }
  else return;
  event.preventDefault();
  mark();
});

// ------------------------------------------------------------------ asking
$("run").addEventListener("click", run);
$("stop").addEventListener("click", () => running?.abort());
$("save").addEventListener("change", () => {
  const format = $("save").value;
  $("save").value = "";
  if (format) location.href = `/sparql?format=${format}&query=${encodeURIComponent(editor.value)}`;
});

async function ask(accept) {
  return fetch("/sparql", {
    method: "POST", body: editor.value, signal: running.signal,
    headers: { "Content-Type": "application/sparql-query", Accept: accept },
  });
}

async function run() {
  running?.abort();
  running = new AbortController();
  const mine = running, started = performance.now();
  history.replaceState(null, "", "#" + new URLSearchParams({ query: editor.value }));
  $("status").textContent = "running…";
  $("stop").hidden = false;
  try {
    const response = await ask("application/sparql-results+json, application/n-triples;q=0.9");
    const body = await response.text();
    const took = `${((performance.now() - started) / 1000).toFixed(2)} s`;
    const hint = response.headers.get("X-Hint");
    if (!response.ok) { show(note(body, "error")); $("status").textContent = ""; return; }
    if ((response.headers.get("Content-Type") || "").includes("json")) showTable(JSON.parse(body), took);
    else showGraph(body, took);
    if (hint) $("result").prepend(note(hint, "dim"));
  } catch (error) {
    if (mine === running) { show(note(error.name === "AbortError" ? "Stopped." : `No answer: ${error.message}`, "error")); $("status").textContent = ""; }
  } finally {
    if (mine === running) $("stop").hidden = true;
  }
}

function show(...nodes) { $("result").replaceChildren(...nodes); }

function note(text, kind) {
  const box = document.createElement("pre");
  box.className = kind;
  box.textContent = text;
  return box;
}

// ------------------------------------------------------------------ answers
function shorten(iri) {
  let best = "";
  for (const [prefix, namespace] of Object.entries(terms.prefixes))
    if (iri.startsWith(namespace) && namespace.length > best.length && /^[\w.:%-]*$/.test(iri.slice(namespace.length))) best = prefix;
  const namespace = terms.prefixes[best];
  return best ? `${best}:${iri.slice(namespace.length)}` : iri.startsWith(terms.base) ? decodeURI(iri.slice(terms.base.length)) : iri;
}

function link(iri) {
  const anchor = document.createElement("a");
  anchor.textContent = shorten(iri);
  if (iri.startsWith(terms.base)) anchor.href = "/" + iri.slice(terms.base.length);
  else if (/^https?:/.test(iri)) { anchor.href = iri; anchor.rel = "noopener nofollow"; }
  return anchor;
}

function showTable(answer, took) {
  if ("boolean" in answer) { show(note(answer.boolean ? "yes" : "no", "")); $("status").textContent = took; return; }
  const names = answer.head.vars, rows = answer.results.bindings;
  $("status").textContent = `${rows.length.toLocaleString()} rows in ${took}`;
  const table = document.createElement("table"), head = table.createTHead().insertRow(), body = table.createTBody();
  let order = [null, 1];
  names.forEach((name) => {
    const cell = document.createElement("th"), button = document.createElement("button");
    button.textContent = name;
    button.addEventListener("click", () => {
      order = [name, order[0] === name ? -order[1] : 1];
      const value = (row) => row[name]?.value ?? "";
      rows.sort((a, b) => order[1] * value(a).localeCompare(value(b), undefined, { numeric: true }));
      [...head.cells].forEach((c, i) => c.setAttribute("aria-sort", names[i] === name ? (order[1] > 0 ? "ascending" : "descending") : "none"));
      draw();
    });
    cell.append(button);
    head.append(cell);
  });
  function draw() {
    body.replaceChildren();
    for (const row of rows.slice(0, 2000)) {
      const line = body.insertRow();
      for (const name of names) {
        const cell = line.insertCell(), term = row[name];
        if (!term) continue;
        if (term.type === "uri") cell.append(link(term.value));
        else cell.textContent = term.value;
        if (/#(integer|decimal|double)$/.test(term.datatype || "")) cell.className = "number";
      }
    }
  }
  draw();
  const scroll = document.createElement("div");
  scroll.className = "scroll";
  scroll.append(table);
  show(scroll);
  if (rows.length > 2000) $("result").append(note("The first 2,000 rows are shown; save the answer to have them all.", "dim"));
}

function readTriples(text) {
  const found = [];
  for (const line of text.split("\n")) {
    const match = /^(<[^>]*>|_:\S+) <([^>]*)> (.*) \.$/.exec(line);
    if (match) found.push([match[1].replace(/^<|>$/g, ""), match[2], match[3]]);
  }
  return found;
}

function literal(text) {
  const match = /^"((?:[^"\\]|\\.)*)"/.exec(text);
  return match ? JSON.parse(`"${match[1]}"`) : text;
}

function showGraph(text, took) {
  const triples = readTriples(text), names = {}, nodes = new Map(), edges = [];
  const node = (iri) => nodes.get(iri) ?? nodes.set(iri, { iri, x: 0, y: 0, vx: 0, vy: 0, degree: 0 }).get(iri);
  for (const [s, p, o] of triples) {
    if (o.startsWith('"')) { if (/(#|\/)(name|label)$/.test(p)) names[s] = literal(o); continue; }
    const target = o.replace(/^<|>$/g, "");
    if (p.endsWith("#type")) continue;
    const edge = { from: node(s), to: node(target), label: shorten(p).replace(/^kg:/, "") };
    edge.from.degree++; edge.to.degree++;
    edges.push(edge);
  }
  $("status").textContent = `${triples.length.toLocaleString()} triples in ${took}`;
  const list = [...nodes.values()];
  const source = document.createElement("details"), summary = document.createElement("summary");
  summary.textContent = "The triples";
  source.append(summary, note(text.slice(0, 200000), ""));
  if (!list.length || list.length > 800) {
    source.open = true;
    return show(...(list.length ? [note(`${list.length} nodes are too many to draw.`, "dim")] : []), source);
  }
  show(draw(list, edges, names), source);
}

function draw(list, edges, names) {
  const width = 1000, height = 560, space = "http://www.w3.org/2000/svg";
  list.forEach((n, i) => { const turn = i * 2.399963; n.x = width / 2 + 18 * Math.sqrt(i) * Math.cos(turn); n.y = height / 2 + 14 * Math.sqrt(i) * Math.sin(turn); });
  const ideal = Math.max(30, 0.8 * Math.sqrt((width * height) / list.length));
  for (let step = 0, heat = 60; step < 250; step++, heat *= 0.98) {
    for (const n of list) n.vx = n.vy = 0;
    for (let i = 0; i < list.length; i++) for (let j = 0; j < i; j++) {
      const a = list[i], b = list[j], dx = a.x - b.x, dy = a.y - b.y, far = Math.max(25, dx * dx + dy * dy), push = (ideal * ideal) / far;
      a.vx += dx * push; a.vy += dy * push; b.vx -= dx * push; b.vy -= dy * push;
    }
    for (const { from, to } of edges) {
      const dx = from.x - to.x, dy = from.y - to.y, pull = Math.hypot(dx, dy) / ideal;
      from.vx -= dx * pull; from.vy -= dy * pull; to.vx += dx * pull; to.vy += dy * pull;
    }
    for (const n of list) {
      n.vx += (width / 2 - n.x) * 0.1; n.vy += (height / 2 - n.y) * 0.1;
      const speed = Math.hypot(n.vx, n.vy) || 1, move = Math.min(speed, heat) / speed;
      n.x += n.vx * move; n.y += n.vy * move;
    }
  }
  const fit = (key, size, pad) => {
    const values = list.map((n) => n[key]), low = Math.min(...values), span = Math.max(...values) - low || 1;
    for (const n of list) n[key] = pad + ((n[key] - low) / span) * (size - 2 * pad);
  };
  fit("x", width - 160, 30);
  fit("y", height, 30);
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${list.length} nodes and ${edges.length} edges; the triples are listed below`);
  const make = (name, attributes, parent) => { const e = document.createElementNS(space, name); for (const k in attributes) e.setAttribute(k, attributes[k]); parent.append(e); return e; };
  const colours = { paper: "#6b7280", dataset: "#0072b2", method: "#d55e00", model: "#009e73", task: "#b35b93", metric: "#b8860b", resource: "#3f4a5a" };
  for (const { from, to, label } of edges) {
    const line = make("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y }, svg);
    make("title", {}, line).textContent = label;
    if (edges.length < 60) make("text", { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2, "text-anchor": "middle", "fill-opacity": 0.7 }, svg).textContent = label;
  }
  for (const n of list) {
    const kind = n.iri.startsWith(terms.base) ? n.iri.slice(terms.base.length).split("/")[0] : "";
    const anchor = make("a", n.iri.startsWith(terms.base) ? { href: "/" + n.iri.slice(terms.base.length) } : {}, svg);
    const name = names[n.iri] || shorten(n.iri);
    make("title", {}, anchor).textContent = name;
    make("circle", { cx: n.x, cy: n.y, r: 5 + Math.min(9, Math.sqrt(n.degree) * 1.6), fill: colours[kind] || "#888" }, anchor);
    if (list.length < 150 || n.degree > 2) make("text", { x: n.x + 9, y: n.y + 4 }, anchor).textContent = name.length > 32 ? name.slice(0, 31) + "…" : name;
  }
  return svg;
}
