"use strict";
// Draws what pyvis describes, with labels that do not overlap, a legend that filters, and a panel with the evidence.
// Every text from the graph goes through textContent; nothing is ever parsed as HTML.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { nodes: drawn, edges: lines } = read("pyvis-data");
  const options = read("pyvis-options");
  const page = read("page-data");
  const { types, relations, nodes, papers, claims } = page;
  const count = nodes.id.length;
  const $ = (id) => document.getElementById(id);
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

  // ---------------------------------------------------------------- colours
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const mix = (hex, other, share) => {
    const part = (s, i) => parseInt(s.slice(i, i + 2), 16);
    const one = (i) => Math.round(part(hex, i) * (1 - share) + part(other, i) * share);
    return `rgb(${one(1)}, ${one(3)}, ${one(5)})`;
  };
  const colour = (type) => (dark.matches ? mix(types[type].colour, "#ffffff", 0.3) : types[type].colour);
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // ---------------------------------------------------------------- claims by node
  const around = Array.from({ length: count }, () => []);
  claims.source.forEach((source, i) => {
    around[source].push(i);
    if (claims.target[i] !== source) around[claims.target[i]].push(i);
  });
  const paperOf = new Map(papers.node.map((node, i) => [node, i]));
  const neighbours = (node) =>
    new Set(around[node].map((c) => (claims.source[c] === node ? claims.target[c] : claims.source[c])));

  // ---------------------------------------------------------------- the drawing
  const hiddenTypes = new Set();
  let selected = -1;
  let close = new Set();
  const isVisible = (node) => !hiddenTypes.has(nodes.type[node]);
  const isBright = (node) => selected < 0 || node === selected || close.has(node);

  const dressNode = (node) => {
    const fill = colour(nodes.type[node]);
    return {
      id: node,
      hidden: !isVisible(node),
      opacity: isBright(node) ? 1 : 0.12,
      color: {
        background: fill, border: node === selected ? token("--ink") : token("--ground"),
        highlight: { background: fill, border: token("--ink") }, hover: { background: fill, border: token("--ink") },
      },
      borderWidth: node === selected ? 2.5 : 1,
    };
  };
  const dressEdge = (line, id) => {
    const touches = selected >= 0 && (line.from === selected || line.to === selected);
    const shade = dark.matches ? "#c9d2dc" : "#4b5563";
    return {
      id,
      hidden: !isVisible(line.from) || !isVisible(line.to),
      color: { color: shade, opacity: selected < 0 ? (dark.matches ? 0.34 : 0.3) : touches ? 0.75 : 0.05 },
      width: touches ? 1.6 : 1,
    };
  };

  const nodeSet = new vis.DataSet(
    drawn.map((row) => ({ id: row.id, x: row.x, y: row.y, size: row.size, shape: "dot", ...dressNode(row.id) })),
  );
  const edgeSet = new vis.DataSet(lines.map((row, i) => ({ from: row.from, to: row.to, ...dressEdge(row, i) })));
  const network = new vis.Network($("stage"), { nodes: nodeSet, edges: edgeSet }, options);
  const redress = () => {
    nodeSet.update(Array.from({ length: count }, (_, i) => dressNode(i)));
    edgeSet.update(lines.map(dressEdge));
  };

  // Labels: the most connected first, each only where no other label lies already.
  const rank = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => drawn[b].size - drawn[a].size || a - b,
  );
  const shorten = (text, length) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text);
  network.on("afterDrawing", (context) => {
    const scale = network.getScale();
    const positions = network.getPositions();
    const taken = [];
    const ink = token("--ink");
    const ground = token("--ground");
    const order = selected < 0 ? rank : [selected, ...rank.filter((n) => close.has(n)), ...rank.filter((n) => !isBright(n))];
    const corner = network.DOMtoCanvas({ x: 0, y: 0 });
    const opposite = network.DOMtoCanvas({ x: $("stage").clientWidth, y: $("stage").clientHeight });
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const node of order) {
      if (!isVisible(node) || (selected >= 0 && !isBright(node))) continue;
      const { x, y } = positions[node];
      if (x < corner.x || x > opposite.x || y < corner.y || y > opposite.y) continue;
      const circle = drawn[node].size;
      taken.push([x - circle, y - circle, x + circle, y + circle]);
      const isPaper = types[nodes.type[node]].name === "paper";
      const radius = drawn[node].size;
      if (isPaper && selected < 0 && radius * scale < 5) continue;
      const size = (node === selected ? 15 : Math.min(15, 10.5 + radius / 5)) / scale;
      context.font = `${isPaper ? "italic 400" : "600"} ${size}px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif`;
      const text = shorten(nodes.label[node], isPaper ? 34 : 28);
      const width = context.measureText(text).width;
      const gap = radius + 4 / scale;
      const boxes = [x + gap, x - gap - width].map((from) => [from, y - size * 0.7, from + width, y + size * 0.7]);
      const box = boxes.find((b) => !taken.some((t) => b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]));
      if (!box && node !== selected) continue;
      const left = (box ?? boxes[0])[0];
      taken.push(box ?? boxes[0]);
      context.strokeStyle = ground;
      context.lineWidth = 3.5 / scale;
      context.strokeText(text, left, y);
      context.fillStyle = ink;
      context.fillText(text, left, y);
    }
  });

  // ---------------------------------------------------------------- the panel
  const dot = (type) => {
    const element = make("span", "dot");
    element.style.background = colour(type);
    return element;
  };
  const link = (url, text) => {
    const element = make("a", "", text ?? url.replace(/^https?:\/\//, ""));
    if (/^https?:\/\//i.test(url)) element.href = url;
    element.rel = "noopener noreferrer";
    element.target = "_blank";
    return element;
  };
  const sentence = (claim) => {
    const text = `${papers.title[claims.paper[claim]]}\n\n${papers.abstract[claims.paper[claim]]}`;
    const quote = make("blockquote");
    let at = claims.start[claim];
    const focus = claims.focus[claim];
    for (let i = 0; i < focus.length; i += 2) {
      if (focus[i] < at || focus[i + 1] > claims.end[claim]) continue;
      quote.append(text.slice(at, focus[i]), make("mark", "", text.slice(focus[i], focus[i + 1])));
      at = focus[i + 1];
    }
    quote.append(text.slice(at, claims.end[claim]));
    return quote;
  };
  const goTo = (node) => {
    const button = make("button", "link", shorten(nodes.label[node], 300));
    button.type = "button";
    button.addEventListener("click", () => select(node, true));
    return button;
  };
  const fillPanel = (node) => {
    const panel = $("panel");
    const type = nodes.type[node];
    const shut = make("button", "close", "×");
    shut.type = "button";
    shut.setAttribute("aria-label", "Close");
    shut.addEventListener("click", () => select(-1));
    const kind = make("p", "kind");
    const paper = paperOf.get(node);
    kind.append(dot(type), types[type].label);
    if (paper === undefined) kind.append(` · in ${plural(nodes.papers[node], "paper", "papers")}`);
    else if (papers.date[paper]) kind.append(` · ${papers.date[paper]}`);
    panel.replaceChildren(shut, kind, make("h2", "", shorten(nodes.label[node], 400)));
    if (nodes.aliases[node].length) panel.append(make("p", "soft small", `Also written ${nodes.aliases[node].join(", ")}`));
    if (paper !== undefined && papers.authors[paper]) panel.append(make("p", "soft small", papers.authors[paper]));
    for (const url of [nodes.url[node], ...nodes.links[node]].filter(Boolean)) {
      const line = make("p", "small soft");
      line.append(link(url));
      panel.append(line);
    }
    if (paper !== undefined) panel.append(make("p", "abstract", papers.abstract[paper]));
    const groups = new Map();
    for (const claim of around[node]) {
      const outgoing = claims.source[claim] === node;
      const key = `${claims.relation[claim]}${outgoing ? ">" : "<"}`;
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(claim);
    }
    for (const [key, members] of [...groups].sort((a, b) => parseInt(a[0], 10) - parseInt(b[0], 10))) {
      const relation = relations[parseInt(key, 10)];
      const outgoing = key.endsWith(">");
      panel.append(make("h3", "", `${outgoing ? relation.label : relation.inverse} (${members.length})`));
      members.sort((a, b) => claims.confidence[b] - claims.confidence[a]);
      for (const claim of members) {
        const other = outgoing ? claims.target[claim] : claims.source[claim];
        const article = make("article", "claim");
        article.append(goTo(other), sentence(claim));
        const from = claims.paper[claim];
        const foot = make("footer");
        if (papers.node[from] !== other && papers.node[from] !== node) foot.append(papers.title[from], " · ");
        if (papers.year[from]) foot.append(`${papers.year[from]} · `);
        foot.append(`confidence ${(claims.confidence[claim] / 100).toFixed(2)}`);
        article.append(foot);
        panel.append(article);
      }
    }
    panel.hidden = false;
    panel.scrollTop = 0;
  };
  const select = (node, move = false) => {
    selected = node;
    close = node < 0 ? new Set() : neighbours(node);
    $("tip").hidden = true;
    if (node < 0) $("panel").hidden = true;
    else fillPanel(node);
    redress();
    if (node >= 0 && move) {
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      const { x, y } = network.getPositions([node])[node];
      network.moveTo({ position: { x, y }, scale: Math.max(network.getScale(), 0.9), animation: calm ? false : { duration: 350 } });
    }
  };

  // ---------------------------------------------------------------- pointer
  network.on("click", (event) => select(event.nodes.length ? event.nodes[0] : -1));
  network.on("hoverNode", ({ node, event }) => {
    const tip = $("tip");
    const type = types[nodes.type[node]].label;
    const many = paperOf.has(node) ? papers.date[paperOf.get(node)] : plural(nodes.papers[node], "paper", "papers");
    tip.replaceChildren(make("b", "", shorten(nodes.label[node], 200)), make("span", "", many ? `${type} · ${many}` : type));
    tip.hidden = false;
    const x = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
    const y = Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 8);
    tip.style.left = `${x}px`;
    tip.style.top = `${y}px`;
    $("stage").style.cursor = "pointer";
  });
  network.on("blurNode", () => {
    $("tip").hidden = true;
    $("stage").style.cursor = "";
  });

  // ---------------------------------------------------------------- legend, a filter at the same time
  const drawLegend = () => {
    const counts = types.map((_, t) => nodes.type.filter((type) => type === t).length);
    $("legend").replaceChildren(
      ...types.flatMap((type, t) => {
        if (!counts[t]) return [];
        const row = make("button", "row");
        row.type = "button";
        row.setAttribute("aria-pressed", String(!hiddenTypes.has(t)));
        row.title = `Show or hide ${type.plural.toLowerCase()}`;
        row.append(dot(t), make("span", "name", type.plural), make("span", "count", counts[t].toLocaleString("en")));
        row.addEventListener("click", () => {
          if (hiddenTypes.has(t)) hiddenTypes.delete(t);
          else hiddenTypes.add(t);
          row.setAttribute("aria-pressed", String(!hiddenTypes.has(t)));
          redress();
        });
        const item = make("li");
        item.append(row);
        return [item];
      }),
    );
  };

  // ---------------------------------------------------------------- search
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const haystack = nodes.label.map((label, i) => [label, ...nodes.aliases[i]].map(fold));
  let active = -1;
  const mark = (position) => {
    const buttons = [...$("found").querySelectorAll("button")];
    active = Math.max(-1, Math.min(position, buttons.length - 1));
    buttons.forEach((b, i) => b.setAttribute("aria-selected", String(i === active)));
    if (active >= 0) buttons[active].scrollIntoView({ block: "nearest" });
  };
  const search = () => {
    const wanted = fold($("search").value.trim());
    const score = (node) => {
      let best = 0;
      for (const name of haystack[node]) {
        const at = name.indexOf(wanted);
        if (at >= 0) best = Math.max(best, name === wanted ? 4 : at === 0 ? 3 : /\W/.test(name[at - 1]) ? 2 : 1);
      }
      return best;
    };
    const hits = wanted
      ? rank.map((n) => [score(n), n]).filter(([s]) => s).sort((a, b) => b[0] - a[0]).slice(0, 12)
      : [];
    $("found").replaceChildren(
      ...hits.map(([, node]) => {
        const button = make("button");
        button.type = "button";
        button.append(dot(nodes.type[node]), make("span", "name", shorten(nodes.label[node], 120)));
        button.addEventListener("click", () => select(node, true));
        const item = make("li");
        item.append(button);
        return item;
      }),
    );
    if (wanted && !hits.length) $("found").append(make("li", "soft small", "No name like this"));
    $("found").hidden = !wanted;
    $("legend").hidden = Boolean(wanted);
    mark(hits.length ? 0 : -1);
  };
  $("search").addEventListener("input", search);
  $("search").addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      mark(active + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter") {
      $("found").querySelectorAll("button")[Math.max(active, 0)]?.click();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== $("search")) {
      event.preventDefault();
      $("search").focus();
    } else if (event.key === "Escape") {
      if ($("search").value) {
        $("search").value = "";
        search();
      } else select(-1);
    }
  });

  // ---------------------------------------------------------------- start
  const paperType = types.findIndex((t) => t.name === "paper");
  const paperCount = nodes.type.filter((t) => t === paperType).length;
  $("about").textContent =
    `${plural(paperCount, "paper", "papers")}, ${plural(count - paperCount, "thing", "things")}, ` +
    plural(lines.length, "connection", "connections");
  if (page.total > count) {
    $("note").textContent = `The ${count.toLocaleString("en")} best-connected of ${page.total.toLocaleString("en")} nodes are shown.`;
    $("note").hidden = false;
  }
  drawLegend();
  const fit = () => {
    const wide = window.innerWidth > 760;
    network.fit({ animation: false });
    if (wide) network.moveTo({ scale: network.getScale() * 0.94, offset: { x: 130, y: 0 } });
  };
  fit();
  dark.addEventListener("change", () => {
    drawLegend();
    redress();
  });
  const asked = decodeURIComponent(window.location.hash.slice(1));
  const start = asked ? nodes.id.indexOf(asked) : -1;
  if (start >= 0) select(start, true);
  document.documentElement.dataset.ready = "true";
})();
