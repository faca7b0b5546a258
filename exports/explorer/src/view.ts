// The drawing: an engine for nodes and edges, a canvas above it for labels, rings and the path.

import type { Camera, Engine, EngineEvents } from "./engine";
import type { Box, Model } from "./model";
import { calm, shorten } from "./dom";
import { drawLabels, font, type LabelBox } from "./labels";
import { arrangeRings } from "./rings";
import { communityColour, ground, ink, isDark, mix, onTheme, typeColour } from "./theme";

export interface Scene {
  /** Nodes drawn, the most telling first. */
  nodes: Int32Array;
  /** Claims drawn: one for each pair of nodes. */
  edges: Int32Array;
}

export interface Spot {
  x: number;
  y: number;
  size: number;
}

/** How many nodes a large graph opens with; the layout spreads these over the whole area. */
export const OVERVIEW = 1000;

const MOST_LABELS = 150;
/** Fewer while the picture moves: drawing text is what takes longest. */
const MOVING_LABELS = 40;

export class View {
  selected = -1;
  hovered = -1;
  path: number[] = [];
  colourBy: "type" | "community" = "type";
  /** Nodes that stay bright while the rest is dimmed; empty: all are. */
  bright: Set<number> = new Set();
  /** Only these are drawn, whatever the budget; undefined: the whole graph. */
  only: Set<number> | undefined;
  budget: number;
  onHover: (node: number, x: number, y: number) => void = () => {};
  onClick: (node: number) => void = () => {};
  onDouble: (node: number) => void = () => {};
  onMoved: () => void = () => {};
  onScene: () => void = () => {};

  scene: Scene = { nodes: new Int32Array(0), edges: new Int32Array(0) };
  private readonly engine: Engine;
  private readonly overlay: CanvasRenderingContext2D;
  private readonly widths = new Map<string, number>();
  /** How many nodes there are where the camera looks: more than are drawn where the budget is too small for all. */
  candidates = 0;
  /** True where only what the camera sees was considered. */
  partial = false;
  private timer = 0;
  private overview = 0;
  private rings = new Map<number, { x: number; y: number }>();
  /** How much of the stage the cards cover, in pixels. */
  covered: () => { right: number; bottom: number; top: number } = () => ({ right: 0, bottom: 0, top: 0 });
  private moving = false;
  private drawn = new Uint8Array(0);

  constructor(
    private readonly model: Model,
    private readonly stage: HTMLElement,
    makeEngine: (stage: HTMLElement, extent: Box, events: EngineEvents) => Engine,
  ) {
    this.budget = model.size > 2000 ? OVERVIEW : Math.max(model.size, 1);
    const canvas = document.createElement("canvas");
    canvas.className = "overlay";
    this.overlay = canvas.getContext("2d") as CanvasRenderingContext2D;
    this.engine = makeEngine(stage, this.extent(), {
      rendered: () => this.drawOverlay(),
      hover: (node, x, y) => this.hover(node, x, y),
      click: (node) => this.onClick(node),
      double: (node) => this.onDouble(node),
      moved: () => {
        this.moving = true;
        window.clearTimeout(this.timer);
        this.timer = window.setTimeout(() => {
          this.moving = false;
          if (this.model.order.length > this.budget && !this.only) this.rebuild();
          else this.engine.render();
          this.onMoved();
        }, 180);
      },
    });
    stage.append(canvas);
    onTheme(() => this.restyle());
  }

  private hover(node: number, x: number, y: number): void {
    this.hovered = node;
    this.stage.classList.toggle("pointing", node >= 0);
    const box = this.stage.getBoundingClientRect();
    this.onHover(node, box.left + x, box.top + y);
    this.engine.render();
  }

  private extent(): Box {
    const { x, y, size } = this.model;
    let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < size; i++) {
      left = Math.min(left, x[i]);
      right = Math.max(right, x[i]);
      bottom = Math.min(bottom, y[i]);
      top = Math.max(top, y[i]);
    }
    if (!size) [left, right, bottom, top] = [-1, 1, -1, 1];
    if (right - left < 1) [left, right] = [left - 1000, right + 1000];
    if (top - bottom < 1) [bottom, top] = [bottom - 1000, top + 1000];
    return { left, right, bottom, top };
  }

  /** What the camera sees, and a little around it, in the graph's coordinates. */
  private seen(): Box {
    const { width, height } = this.engine.dimensions();
    const corners = [
      this.engine.toGraph({ x: -0.1 * width, y: -0.1 * height }),
      this.engine.toGraph({ x: 1.1 * width, y: 1.1 * height }),
    ];
    return {
      left: Math.min(corners[0].x, corners[1].x),
      right: Math.max(corners[0].x, corners[1].x),
      bottom: Math.min(corners[0].y, corners[1].y),
      top: Math.max(corners[0].y, corners[1].y),
    };
  }

  size(node: number): number {
    // The more there is to draw, the smaller each.
    const share = this.rings.size ? 1.5 : this.model.size > 2000 ? 0.75 : 1;
    if (this.model.isPaper(node)) return 2.6 * share;
    const power = this.model.size > 2000 ? 0.42 : 0.5;
    // Where the best known would be larger than the largest circle, all shrink, so that sizes still tell them apart.
    const step = Math.min(1.9, 18.4 / Math.max(this.model.mostPapers - 1, 1) ** power);
    return share * (3.6 + step * Math.max(this.model.papers[node] - 1, 0) ** power);
  }

  colour(node: number): string {
    return this.colourBy === "type"
      ? typeColour(this.model.types[this.model.type[node]])
      : communityColour(this.model.community[node]);
  }

  private isBright(node: number): boolean {
    return this.bright.size === 0 || this.bright.has(node);
  }

  private shade(node: number): string {
    return this.isBright(node) ? this.colour(node) : mix(this.colour(node), ground(), 0.76);
  }

  private edgeShade(claim: number): string {
    const { source, target } = this.model;
    const line = isDark() ? "#c9d2dc" : "#4b5563";
    const crowd = this.scene.edges.length;
    if (this.bright.size === 0) return mix(line, ground(), crowd > 12_000 ? 0.9 : crowd > 3000 ? 0.84 : 0.74);
    const touches =
      this.path.length > 0
        ? this.onPath(source[claim], target[claim])
        : this.selected < 0
          ? this.bright.has(source[claim]) && this.bright.has(target[claim])
          : source[claim] === this.selected || target[claim] === this.selected;
    if (touches) return mix(line, ground(), 0.1);
    return mix(line, ground(), this.isBright(source[claim]) && this.isBright(target[claim]) ? 0.7 : 0.94);
  }

  private onPath(a: number, b: number): boolean {
    const at = this.path.indexOf(a);
    return at >= 0 && (this.path[at + 1] === b || this.path[at - 1] === b);
  }

  /** Choose what to draw and hand it to sigma. */
  rebuild(): void {
    const { model } = this;
    let nodes: Int32Array;
    if (this.only) {
      const { only } = this;
      nodes = model.order.filter((i) => only.has(i));
    } else if (model.order.length <= this.budget) {
      nodes = model.order;
    } else {
      const camera = this.engine.camera();
      const whole = this.overview === 0 || camera.ratio > this.overview * 0.9;
      const box = whole ? undefined : this.seen();
      nodes = model.choose(this.budget, box);
      this.partial = !whole;
      this.candidates = box ? model.count(box) : model.order.length;
      const extra = [
        ...this.path,
        ...(this.selected < 0 && this.bright.size < 2000 ? this.bright : []),
        ...(this.selected >= 0 ? model.within(this.selected, 1, 400) : []),
      ];
      const has = new Set(nodes);
      const missing = extra.filter((i) => !has.has(i) && model.nodeOn[i]);
      if (missing.length) nodes = Int32Array.from([...nodes, ...new Set(missing)]);
    }
    if (this.only || model.order.length <= this.budget) {
      this.partial = false;
      this.candidates = nodes.length;
    }
    this.rings = this.only?.has(this.selected) ? arrangeRings(model, this.selected, nodes) : new Map();
    const drawn = new Uint8Array(model.size);
    for (const i of nodes) drawn[i] = 1;
    this.drawn = drawn;
    const seen = new Set<number>();
    const edges: number[] = [];
    for (const i of nodes) {
      for (const c of model.claimsAt(i)) {
        const a = model.source[c];
        const b = model.target[c];
        if (!model.claimOn[c] || !drawn[a] || !drawn[b] || a === b) continue;
        const pair = a < b ? a * model.size + b : b * model.size + a;
        if (seen.has(pair)) continue;
        seen.add(pair);
        edges.push(c);
      }
    }
    this.scene = { nodes, edges: Int32Array.from(edges) };
    this.engine.draw(
      Array.from(nodes, (i) => ({ key: i, ...this.where(i), size: this.size(i), colour: this.shade(i) })),
      edges.map((c) => ({ key: c, source: model.source[c], target: model.target[c], colour: this.edgeShade(c) })),
    );
    this.onScene();
  }

  /** Colours only: what is drawn stays. */
  restyle(): void {
    this.engine.restyle(
      (node) => this.shade(node),
      (claim) => this.edgeShade(claim),
    );
  }

  /** Where a node stands: at its place in the whole or, when only a neighbourhood is shown, around its middle. */
  private where(node: number): { x: number; y: number } {
    return this.rings.get(node) ?? { x: this.model.x[node], y: this.model.y[node] };
  }

  isDrawn(node: number): boolean {
    return this.drawn[node] === 1;
  }

  spot(node: number): Spot {
    const { x, y } = this.engine.toViewport(this.where(node));
    return { x, y, size: this.engine.scale(this.size(node)) };
  }

  dimensions(): { width: number; height: number } {
    return this.engine.dimensions();
  }

  /** Labels that fit: the most telling first, none over another. */
  labels(context: CanvasRenderingContext2D): LabelBox[] {
    const { width, height } = this.dimensions();
    const taken: number[] = [];
    const found: LabelBox[] = [];
    const first = [...new Set([...(this.hovered >= 0 ? [this.hovered] : []), ...(this.selected >= 0 ? [this.selected] : []), ...this.path])];
    const chosen = new Set(first);
    const clear = (left: number, top: number, right: number, bottom: number): boolean => {
      for (let i = 0; i < taken.length; i += 4) {
        if (left < taken[i + 2] && right > taken[i] && top < taken[i + 3] && bottom > taken[i + 1]) return false;
      }
      return true;
    };
    const ratio = this.engine.camera().ratio;
    const papersToo = ratio < 0.25 || this.scene.nodes.length < 60 || this.bright.size > 0;
    const place = (node: number, must: boolean): void => {
      const spot = this.spot(node);
      if (spot.x < -40 || spot.y < -20 || spot.x > width + 40 || spot.y > height + 20) return;
      const isPaper = this.model.isPaper(node);
      taken.push(spot.x - spot.size, spot.y - spot.size, spot.x + spot.size, spot.y + spot.size);
      if (isPaper && !must && !papersToo) return;
      const size = must ? 14 : Math.min(15, 10.5 + spot.size / 4);
      const text = shorten(this.model.label[node], must ? 60 : isPaper ? 36 : 28);
      const key = `${size.toFixed(1)}${isPaper ? "i" : ""}${text}`;
      let span = this.widths.get(key);
      if (span === undefined) {
        context.font = font(size, isPaper);
        span = context.measureText(text).width;
        this.widths.set(key, span);
      }
      const gap = spot.size + 4;
      const sides = [spot.x + gap, spot.x - gap - span];
      const middle = this.rings.size ? this.rings.get(this.selected) : undefined;
      if (middle && this.where(node).x < middle.x - 1) sides.reverse();
      for (const left of sides) {
        if (!must && (left < 2 || left + span > width - 2)) continue;
        const fits = clear(left - 2, spot.y - size * 0.7, left + span + 2, spot.y + size * 0.7);
        if (!fits && !must) continue;
        taken.push(left - 2, spot.y - size * 0.7, left + span + 2, spot.y + size * 0.7);
        found.push({ node, x: left, y: spot.y, size, text, width: span, light: isPaper });
        return;
      }
    };
    for (const node of first) if (this.model.nodeOn[node]) place(node, true);
    for (const node of this.scene.nodes) {
      if (found.length >= (this.moving ? MOVING_LABELS : MOST_LABELS)) break;
      if (!chosen.has(node) && this.isBright(node)) place(node, false);
    }
    return found;
  }

  private drawOverlay(): void {
    const context = this.overlay;
    const { width, height } = this.dimensions();
    const density = window.devicePixelRatio || 1;
    const canvas = context.canvas;
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      canvas.width = Math.round(width * density);
      canvas.height = Math.round(height * density);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    this.drawMarks(context);
    drawLabels(context, this.labels(context), ink(), ground());
  }

  /** The path and the rings around what is selected or pointed at. */
  drawMarks(context: CanvasRenderingContext2D): void {
    context.lineWidth = 2.5;
    context.strokeStyle = ink();
    if (this.path.length > 1) {
      context.beginPath();
      this.path.forEach((node, i) => {
        const { x, y } = this.spot(node);
        if (i) context.lineTo(x, y);
        else context.moveTo(x, y);
      });
      context.stroke();
    }
    for (const node of new Set([this.selected, this.hovered, ...this.path])) {
      if (node < 0 || !this.model.nodeOn[node]) continue;
      const { x, y, size } = this.spot(node);
      context.beginPath();
      context.arc(x, y, size, 0, 2 * Math.PI);
      context.fillStyle = this.colour(node);
      context.fill();
      context.stroke();
    }
  }

  camera(): Camera {
    return this.engine.camera();
  }

  setCamera(state: Camera, animate = true): void {
    this.engine.setCamera(state, animate && !calm());
  }

  /** Bring nodes into view, as large as fits; the zoom that it takes. */
  frame(nodes: Iterable<number>, animate = true): number {
    let [left, right, top, bottom, count] = [Infinity, -Infinity, Infinity, -Infinity, 0];
    const { ratio: before } = this.camera();
    for (const node of nodes) {
      const spot = this.engine.toFramed(this.engine.toViewport(this.where(node)));
      left = Math.min(left, spot.x);
      right = Math.max(right, spot.x);
      top = Math.min(top, spot.y);
      bottom = Math.max(bottom, spot.y);
      count++;
    }
    if (!count) return before;
    const { width, height } = this.dimensions();
    const cover = this.covered();
    const corner = this.engine.toFramed({ x: 0, y: 0 });
    const opposite = this.engine.toFramed({ x: width, y: height });
    // The size of a pixel at ratio 1; what the panel covers does not count.
    const [across, down] = [(opposite.x - corner.x) / before, (opposite.y - corner.y) / before];
    const [free, tall] = [1 - cover.right / width, 1 - (cover.bottom + cover.top) / height];
    // A ring has names around it.
    const room = count > 300 ? 1.1 : this.rings.size ? 1.75 : 1.35;
    const fit = Math.max((right - left) / (Math.abs(across) * free), (bottom - top) / (Math.abs(down) * tall)) * room;
    const ratio = Math.min(1.5, Math.max(fit, count === 1 ? Math.min(before, 0.35) : 0.06));
    const x = (left + right) / 2 + (across * ratio * (1 - free)) / 2;
    const y = (top + bottom) / 2 + (down * ratio * (cover.bottom - cover.top)) / height / 2;
    this.setCamera({ x, y, ratio }, animate);
    return ratio;
  }

  zoom(factor: number): void {
    const { x, y, ratio } = this.camera();
    this.setCamera({ x, y, ratio: Math.min(1.6, Math.max(0.002, ratio * factor)) });
  }

  pan(dx: number, dy: number): void {
    const { x, y, ratio } = this.camera();
    this.setCamera({ x: x + dx * ratio, y: y + dy * ratio, ratio }, false);
  }

  /** Back to the overview: all there is or, of a large graph, all that an overview shows. */
  reset(animate = true): void {
    const { order } = this.model;
    if (order.length > this.budget || this.covered().top) this.overview = this.frame(this.model.choose(this.budget), animate);
    else this.setCamera({ x: 0.5, y: 0.5, ratio: 1 }, animate);
  }

  resize(): void {
    this.engine.resize();
  }
}
