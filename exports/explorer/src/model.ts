// The graph in typed arrays, what the filters let through, and the questions asked of it.

import { Abstracts, type NodeType, type Raw, type Relation } from "./data";
import { fold } from "./dom";

export interface Filters {
  hiddenTypes: Set<number>;
  hiddenRelations: Set<number>;
  hiddenSources: Set<number>;
  /** Claims below this confidence, in percent, are left out. */
  confidence: number;
  /** Years, 0 where open; papers of unknown year pass only where both are. */
  from: number;
  to: number;
}

export const noFilters = (): Filters => ({
  hiddenTypes: new Set(),
  hiddenRelations: new Set(),
  hiddenSources: new Set(),
  confidence: 0,
  from: 0,
  to: 0,
});

export interface Box {
  left: number;
  right: number;
  bottom: number;
  top: number;
}

export class Model {
  readonly title: string;
  readonly base: string;
  readonly types: NodeType[];
  readonly relations: Relation[];
  readonly communities: string[];
  readonly sources: string[];
  readonly size: number;
  readonly claimCount: number;
  readonly id: string[];
  readonly label: string[];
  readonly type: Uint8Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly papers: Int32Array;
  /** Papers of the node that most papers speak of. */
  readonly mostPapers: number;
  readonly community: Int32Array;
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly relation: Uint8Array;
  readonly paper: Int32Array;
  readonly confidence: Uint8Array;
  readonly abstracts: Abstracts;
  readonly paperType: number;
  readonly years: [number, number];

  // What the filters let through.
  readonly claimOn: Uint8Array;
  readonly nodeOn: Uint8Array;
  readonly degree: Int32Array;
  /** Nodes that pass, the most connected first. */
  order: Int32Array = new Int32Array(0);

  private readonly first: Int32Array;
  private readonly around: Int32Array;
  private readonly paperNumber: Map<number, number>;
  private names: { text: string; starts: Int32Array; owners: Int32Array } | undefined;

  constructor(readonly raw: Raw) {
    const { nodes, claims } = raw;
    this.title = raw.title;
    this.base = raw.base;
    this.types = raw.types;
    this.relations = raw.relations;
    this.communities = raw.communities;
    this.sources = raw.sources;
    this.size = nodes.id.length;
    this.claimCount = claims.source.length;
    this.id = nodes.id;
    this.label = nodes.label;
    this.type = Uint8Array.from(nodes.type);
    this.x = Float32Array.from(nodes.x);
    this.y = Float32Array.from(nodes.y);
    this.papers = Int32Array.from(nodes.papers);
    this.mostPapers = this.papers.reduce((most, papers) => Math.max(most, papers), 1);
    this.community = Int32Array.from(nodes.community);
    this.source = Int32Array.from(claims.source);
    this.target = Int32Array.from(claims.target);
    this.relation = Uint8Array.from(claims.relation);
    this.paper = Int32Array.from(claims.paper);
    this.confidence = Uint8Array.from(claims.confidence);
    this.abstracts = new Abstracts(raw.block);
    this.paperType = raw.types.findIndex((type) => type.name === "paper");
    this.paperNumber = new Map(raw.papers.node.map((node, i) => [node, i]));
    const known = raw.papers.year.filter((year) => year > 0);
    this.years = known.length ? [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))] : [0, 0];

    this.first = new Int32Array(this.size + 1);
    for (let c = 0; c < this.claimCount; c++) {
      this.first[this.source[c] + 1]++;
      this.first[this.target[c] + 1]++;
    }
    for (let i = 0; i < this.size; i++) this.first[i + 1] += this.first[i];
    const next = this.first.slice();
    this.around = new Int32Array(2 * this.claimCount);
    for (let c = 0; c < this.claimCount; c++) {
      this.around[next[this.source[c]]++] = c;
      this.around[next[this.target[c]]++] = c;
    }
    this.claimOn = new Uint8Array(this.claimCount);
    this.nodeOn = new Uint8Array(this.size);
    this.degree = new Int32Array(this.size);
    this.filter(noFilters());
  }

  isPaper(node: number): boolean {
    return this.type[node] === this.paperType;
  }

  paperOf(node: number): number | undefined {
    return this.paperNumber.get(node);
  }

  yearOf(node: number): number {
    const paper = this.paperNumber.get(node);
    return paper === undefined ? 0 : this.raw.papers.year[paper];
  }

  aliases(node: number): string[] {
    return this.raw.nodes.aliases[node] ?? [];
  }

  links(node: number): string[] {
    const url = this.raw.nodes.url[node];
    return [...(url ? [url] : []), ...(this.raw.nodes.links[node] ?? [])];
  }

  /** Claims at a node, those of either direction. */
  claimsAt(node: number): Int32Array {
    return this.around.subarray(this.first[node], this.first[node + 1]);
  }

  other(claim: number, node: number): number {
    return this.source[claim] === node ? this.target[claim] : this.source[claim];
  }

  filter(filters: Filters): void {
    const { papers } = this.raw;
    const allYears = !filters.from && !filters.to;
    const allSources = filters.hiddenSources.size === 0;
    const allClaims =
      allYears && allSources && filters.confidence === 0 && filters.hiddenRelations.size === 0;
    const paperOn = new Uint8Array(papers.year.length);
    for (let p = 0; p < paperOn.length; p++) {
      const year = papers.year[p];
      const inYears = allYears || (year > 0 && (!filters.from || year >= filters.from) && (!filters.to || year <= filters.to));
      paperOn[p] = inYears && (allSources || papers.source[p].some((s) => !filters.hiddenSources.has(s))) ? 1 : 0;
    }
    const typeOn = this.types.map((_, t) => !filters.hiddenTypes.has(t));
    const relationOn = this.relations.map((_, r) => !filters.hiddenRelations.has(r));
    this.degree.fill(0);
    for (let c = 0; c < this.claimCount; c++) {
      const on =
        paperOn[this.paper[c]] &&
        relationOn[this.relation[c]] &&
        this.confidence[c] >= filters.confidence &&
        typeOn[this.type[this.source[c]]] &&
        typeOn[this.type[this.target[c]]];
      this.claimOn[c] = on ? 1 : 0;
      if (on) {
        this.degree[this.source[c]]++;
        this.degree[this.target[c]]++;
      }
    }
    let count = 0;
    for (let i = 0; i < this.size; i++) {
      const paper = this.isPaper(i) ? this.paperNumber.get(i) : undefined;
      const on = typeOn[this.type[i]] && (this.degree[i] > 0 || allClaims) && (paper === undefined || paperOn[paper]);
      this.nodeOn[i] = on ? 1 : 0;
      if (on) count++;
    }
    const order = new Int32Array(count);
    for (let i = 0, at = 0; i < this.size; i++) if (this.nodeOn[i]) order[at++] = i;
    this.order = order.sort((a, b) => this.weight(b) - this.weight(a) || a - b);
  }

  private weight(node: number): number {
    return this.isPaper(node) ? this.degree[node] * 0.01 : this.degree[node];
  }

  /**
   * The most telling nodes, at most `budget` of them: half the things that most claims speak of, half the papers that
   * tie most of these together.
   */
  choose(budget: number, box?: Box): Int32Array {
    const inside = (i: number): boolean =>
      !box || (this.x[i] >= box.left && this.x[i] <= box.right && this.y[i] >= box.bottom && this.y[i] <= box.top);
    const candidates = box ? this.order.filter(inside) : this.order;
    if (candidates.length <= budget) return candidates;
    const things = candidates.filter((i) => !this.isPaper(i)).slice(0, Math.ceil(budget / 2));
    const chosen = new Uint8Array(this.size);
    for (const i of things) chosen[i] = 1;
    const ties = new Int32Array(this.size);
    for (const i of things) {
      for (const c of this.claimsAt(i)) {
        const paper = this.other(c, i);
        if (this.claimOn[c] && this.isPaper(paper) && inside(paper)) ties[paper]++;
      }
    }
    const papers = candidates
      .filter((i) => this.isPaper(i) && ties[i] > 0)
      .sort((a, b) => ties[b] - ties[a] || a - b)
      .slice(0, budget - things.length);
    // What none of these papers speaks of would stand alone.
    const told = new Uint8Array(this.size);
    for (const i of papers) for (const c of this.claimsAt(i)) if (this.claimOn[c]) told[this.other(c, i)] = 1;
    const joined = things.filter((i) => told[i] === 1 || box !== undefined);
    const picked = new Int32Array(joined.length + papers.length);
    picked.set(joined);
    picked.set(papers, joined.length);
    return picked;
  }

  /** How many nodes that pass lie within a box. */
  count(box: Box): number {
    let found = 0;
    for (const i of this.order) {
      if (this.x[i] >= box.left && this.x[i] <= box.right && this.y[i] >= box.bottom && this.y[i] <= box.top) found++;
    }
    return found;
  }

  /** Nodes within so many steps of one, itself included, along claims that pass the filters. */
  within(node: number, steps: number, limit = 4000): Set<number> {
    const found = new Set([node]);
    let edge = [node];
    for (let step = 0; step < steps && found.size < limit; step++) {
      const next: number[] = [];
      for (const at of edge) {
        for (const c of this.claimsAt(at)) {
          const other = this.other(c, at);
          if (!this.claimOn[c] || found.has(other)) continue;
          found.add(other);
          next.push(other);
          if (found.size >= limit) break;
        }
        if (found.size >= limit) break;
      }
      edge = next;
    }
    return found;
  }

  /** A shortest way between two nodes, as nodes; empty where there is none. */
  path(from: number, to: number): number[] {
    const before = new Int32Array(this.size).fill(-1);
    before[from] = from;
    let edge = [from];
    while (edge.length && before[to] < 0) {
      const next: number[] = [];
      for (const at of edge) {
        for (const c of this.claimsAt(at)) {
          const other = this.other(c, at);
          if (!this.claimOn[c] || before[other] >= 0) continue;
          before[other] = at;
          next.push(other);
        }
      }
      edge = next;
    }
    if (before[to] < 0) return [];
    const way = [to];
    while (way[way.length - 1] !== from) way.push(before[way[way.length - 1]]);
    return way.reverse();
  }

  /** Claims that pass between two nodes, best first. */
  between(a: number, b: number): number[] {
    return [...this.claimsAt(a)]
      .filter((c) => this.claimOn[c] && this.other(c, a) === b)
      .sort((c, d) => this.confidence[d] - this.confidence[c] || c - d);
  }

  /** Nodes whose name or alias holds the words, best first. */
  search(words: string, limit: number): number[] {
    const wanted = fold(words.trim());
    if (!wanted) return [];
    const { text, starts, owners } = (this.names ??= this.gatherNames());
    const score = new Uint8Array(this.size);
    const hits: number[] = [];
    let line = 0;
    for (let at = text.indexOf(wanted); at >= 0; ) {
      // Binary search from the last line on: which name is this?
      let high = starts.length - 1;
      while (line < high) {
        const middle = (line + high + 1) >> 1;
        if (starts[middle] <= at) line = middle;
        else high = middle - 1;
      }
      const end = line + 1 < starts.length ? starts[line + 1] - 1 : text.length;
      const start = starts[line];
      const node = owners[line];
      const exact = at === start && at + wanted.length === end;
      const points = exact ? 4 : at === start ? 3 : /[^\p{L}\p{N}]/u.test(text[at - 1]) ? 2 : 1;
      if (!score[node]) hits.push(node);
      if (score[node] < points) score[node] = points;
      at = text.indexOf(wanted, points === 1 ? at + 1 : end);
    }
    const weight = (node: number): number => score[node] * 1e6 + Math.min(this.weight(node), 9e5);
    // Only the best few are wanted, so most need no sorting.
    let worst = -1;
    let best: number[] = [];
    for (const node of hits) {
      if (weight(node) <= worst) continue;
      best.push(node);
      if (best.length >= 4 * limit) {
        best = best.sort((a, b) => weight(b) - weight(a) || a - b).slice(0, limit);
        worst = weight(best[limit - 1]);
      }
    }
    return best.sort((a, b) => weight(b) - weight(a) || a - b).slice(0, limit);
  }

  private gatherNames(): { text: string; starts: Int32Array; owners: Int32Array } {
    const lines: string[] = [];
    const owners: number[] = [];
    for (let node = 0; node < this.size; node++) {
      for (const name of [this.label[node], ...this.aliases(node)]) {
        lines.push(fold(name).replaceAll("\n", " "));
        owners.push(node);
      }
    }
    const starts = new Int32Array(lines.length);
    for (let i = 1; i < lines.length; i++) starts[i] = starts[i - 1] + lines[i - 1].length + 1;
    return { text: lines.join("\n"), starts, owners: Int32Array.from(owners) };
  }

  /** Make the search quick from the first key on. */
  warm(): void {
    this.names ??= this.gatherNames();
  }

  async textOf(paper: number): Promise<string> {
    return `${this.label[this.raw.papers.node[paper]]}\n\n${await this.abstracts.get(paper)}`;
  }
}
