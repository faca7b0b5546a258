// Drawing on a plain canvas, for browsers without WebGL: slower, but there.

import type { Camera, DrawnEdge, DrawnNode, Engine, EngineEvents, Point } from "./engine";
import type { Box } from "./model";

const PADDING = 46;

export class CanvasEngine implements Engine {
  private readonly context: CanvasRenderingContext2D;
  private nodes: DrawnNode[] = [];
  private edges: DrawnEdge[] = [];
  private readonly byKey = new Map<number, DrawnNode>();
  private state: Camera = { x: 0.5, y: 0.5, ratio: 1 };
  private frame = 0;
  private hovered = -1;
  private readonly span: number;
  private readonly middle: Point;
  private readonly pointers = new Map<number, Point>();
  private dragged = false;
  private moving = false;
  private rest = 0;

  constructor(
    private readonly stage: HTMLElement,
    extent: Box,
    private readonly events: EngineEvents,
  ) {
    this.span = Math.max(extent.right - extent.left, extent.top - extent.bottom);
    this.middle = { x: (extent.left + extent.right) / 2, y: (extent.bottom + extent.top) / 2 };
    const canvas = document.createElement("canvas");
    canvas.className = "plain";
    stage.append(canvas);
    this.context = canvas.getContext("2d") as CanvasRenderingContext2D;
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => {
      this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      this.dragged = false;
    });
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) {
      stage.addEventListener(name, (event) => {
        if (name === "pointerup" && !this.dragged && this.pointers.has(event.pointerId)) events.click(this.at(event.offsetX, event.offsetY));
        this.pointers.delete(event.pointerId);
      });
    }
    stage.addEventListener("dblclick", (event) => {
      const node = this.at(event.offsetX, event.offsetY);
      if (node >= 0) events.double(node);
    });
    new ResizeObserver(() => this.render()).observe(stage);
  }

  private unit(): number {
    const { width, height } = this.dimensions();
    return (Math.max(1, Math.min(width, height) - 2 * PADDING) / this.span) / this.state.ratio;
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      const node = this.at(event.offsetX, event.offsetY);
      if (node !== this.hovered) {
        this.hovered = node;
        this.events.hover(node, event.offsetX, event.offsetY);
      }
      return;
    }
    const now = { x: event.offsetX, y: event.offsetY };
    if (Math.hypot(now.x - before.x, now.y - before.y) > 2) this.dragged = true;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    if (others.length) {
      const apart = (p: Point): number => Math.max(8, Math.hypot(p.x - others[0].x, p.y - others[0].y));
      this.zoomAt(others[0], apart(before) / apart(now));
    } else if (this.dragged) {
      const scale = this.unit() * this.span;
      this.change({ ...this.state, x: this.state.x - (now.x - before.x) / scale, y: this.state.y + (now.y - before.y) / scale });
    }
    if (this.dragged) this.pointers.set(event.pointerId, now);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoomAt({ x: event.offsetX, y: event.offsetY }, event.deltaY > 0 ? 1.25 : 0.8);
  }

  private zoomAt(place: Point, factor: number): void {
    const ratio = Math.min(1.6, Math.max(0.002, this.state.ratio * factor));
    const fixed = this.toFramed(place);
    const share = ratio / this.state.ratio;
    this.change({ x: fixed.x + (this.state.x - fixed.x) * share, y: fixed.y + (this.state.y - fixed.y) * share, ratio });
  }

  private change(state: Camera): void {
    this.state = state;
    this.moving = true;
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => {
      this.moving = false;
      this.render();
    }, 120);
    this.render();
    this.events.moved();
  }

  private at(x: number, y: number): number {
    let found = -1;
    let least = Infinity;
    for (const node of this.nodes) {
      const spot = this.toViewport(node);
      const away = Math.hypot(spot.x - x, spot.y - y);
      if (away <= this.scale(node.size) + 4 && away < least) [found, least] = [node.key, away];
    }
    return found;
  }

  draw(nodes: DrawnNode[], edges: DrawnEdge[]): void {
    this.nodes = nodes;
    this.edges = edges;
    this.byKey.clear();
    for (const node of nodes) this.byKey.set(node.key, node);
    this.render();
  }

  restyle(node: (key: number) => string, edge: (key: number) => string): void {
    for (const row of this.nodes) row.colour = node(row.key);
    for (const row of this.edges) row.colour = edge(row.key);
    this.render();
  }

  dimensions(): { width: number; height: number } {
    return { width: this.stage.clientWidth, height: this.stage.clientHeight };
  }

  toViewport(point: Point): Point {
    const { width, height } = this.dimensions();
    const unit = this.unit();
    const centre = { x: this.middle.x + (this.state.x - 0.5) * this.span, y: this.middle.y + (this.state.y - 0.5) * this.span };
    return { x: width / 2 + (point.x - centre.x) * unit, y: height / 2 - (point.y - centre.y) * unit };
  }

  toGraph(point: Point): Point {
    const framed = this.toFramed(point);
    return { x: this.middle.x + (framed.x - 0.5) * this.span, y: this.middle.y + (framed.y - 0.5) * this.span };
  }

  toFramed(point: Point): Point {
    const { width, height } = this.dimensions();
    const scale = this.unit() * this.span;
    return { x: this.state.x + (point.x - width / 2) / scale, y: this.state.y - (point.y - height / 2) / scale };
  }

  scale(size: number): number {
    return size / Math.max(Math.sqrt(this.state.ratio), 0.42);
  }

  camera(): Camera {
    return { ...this.state };
  }

  setCamera(state: Camera): void {
    this.change(state);
  }

  render(): void {
    if (this.frame) return;
    this.frame = window.requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
      this.events.rendered();
    });
  }

  resize(): void {
    this.render();
  }

  private paint(): void {
    const { context } = this;
    const { width, height } = this.dimensions();
    const density = window.devicePixelRatio || 1;
    context.canvas.width = Math.round(width * density);
    context.canvas.height = Math.round(height * density);
    context.canvas.style.width = `${width}px`;
    context.canvas.style.height = `${height}px`;
    context.scale(density, density);
    if (!this.moving) {
      const groups = new Map<string, DrawnEdge[]>();
      for (const edge of this.edges) {
        const group = groups.get(edge.colour);
        if (group) group.push(edge);
        else groups.set(edge.colour, [edge]);
      }
      for (const [colour, edges] of groups) {
        context.strokeStyle = colour;
        context.beginPath();
        for (const { source, target } of edges) {
          const a = this.toViewport(this.byKey.get(source) as DrawnNode);
          const b = this.toViewport(this.byKey.get(target) as DrawnNode);
          context.moveTo(a.x, a.y);
          context.lineTo(b.x, b.y);
        }
        context.stroke();
      }
    }
    for (const node of this.nodes) {
      const { x, y } = this.toViewport(node);
      if (x < -30 || y < -30 || x > width + 30 || y > height + 30) continue;
      context.fillStyle = node.colour;
      context.beginPath();
      context.arc(x, y, this.scale(node.size), 0, 2 * Math.PI);
      context.fill();
    }
  }
}
