// Drawing with WebGL through sigma, by its plain line and point programs: ten times faster than its usual ones where a
// processor has to do the graphics card's work.

import Graph from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram, NodePointProgram } from "sigma/rendering";
import { calm } from "./dom";
import type { Camera, DrawnEdge, DrawnNode, Engine, EngineEvents, Point } from "./engine";
import type { Box } from "./model";

export class SigmaEngine implements Engine {
  private readonly sigma: Sigma;
  private nodes: DrawnNode[] = [];

  constructor(stage: HTMLElement, extent: Box, events: EngineEvents) {
    const pace = calm() ? 0 : 160;
    this.sigma = new Sigma(new Graph(), stage, {
      allowInvalidContainer: true,
      defaultNodeType: "point",
      defaultEdgeType: "line",
      nodeProgramClasses: { point: NodePointProgram },
      edgeProgramClasses: { line: EdgeLineProgram },
      defaultDrawNodeHover: () => undefined,
      renderLabels: false,
      hideEdgesOnMove: true,
      enableEdgeEvents: false,
      stagePadding: 46,
      minCameraRatio: 0.002,
      maxCameraRatio: 1.6,
      zoomDuration: pace,
      inertiaDuration: pace,
      zoomToSizeRatioFunction: (ratio) => Math.max(Math.sqrt(ratio), 0.42),
    });
    this.sigma.setCustomBBox({ x: [extent.left, extent.right], y: [extent.bottom, extent.top] });
    this.sigma.on("afterRender", () => events.rendered());
    this.sigma.on("enterNode", ({ node, event }) => events.hover(Number(node), event.x, event.y));
    this.sigma.on("leaveNode", () => events.hover(-1, 0, 0));
    this.sigma.on("clickNode", ({ node }) => events.click(Number(node)));
    this.sigma.on("clickStage", ({ event }) => {
      // A finger is not as fine as a pointer: what lies close by counts.
      const touch = "touches" in event.original || window.matchMedia("(pointer: coarse)").matches;
      events.click(this.nearest(event, touch ? 24 : 5));
    });
    this.sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      events.double(Number(node));
    });
    this.sigma.getCamera().on("updated", () => events.moved());
  }

  private nearest(place: Point, within: number): number {
    let [found, least] = [-1, Infinity];
    for (const node of this.nodes) {
      const spot = this.toViewport(node);
      const away = Math.hypot(spot.x - place.x, spot.y - place.y) - this.scale(node.size);
      if (away <= within && away < least) [found, least] = [node.key, away];
    }
    return found;
  }

  draw(nodes: DrawnNode[], edges: DrawnEdge[]): void {
    this.nodes = nodes;
    const graph = new Graph({ type: "undirected", multi: false, allowSelfLoops: false });
    for (const { key, x, y, size, colour } of nodes) graph.addNode(key, { x, y, size, color: colour });
    for (const { key, source, target, colour } of edges) {
      graph.addUndirectedEdgeWithKey(key, source, target, { color: colour, size: 1 });
    }
    this.sigma.setGraph(graph);
  }

  restyle(node: (key: number) => string, edge: (key: number) => string): void {
    const graph = this.sigma.getGraph();
    graph.updateEachNodeAttributes((key, data) => ({ ...data, color: node(Number(key)) }), { attributes: ["color"] });
    graph.updateEachEdgeAttributes((key, data) => ({ ...data, color: edge(Number(key)) }), { attributes: ["color"] });
  }

  dimensions(): { width: number; height: number } {
    return this.sigma.getDimensions();
  }

  toViewport(point: Point): Point {
    return this.sigma.graphToViewport(point);
  }

  toGraph(point: Point): Point {
    return this.sigma.viewportToGraph(point);
  }

  toFramed(point: Point): Point {
    return this.sigma.viewportToFramedGraph(point);
  }

  scale(size: number): number {
    return this.sigma.scaleSize(size);
  }

  camera(): Camera {
    const { x, y, ratio } = this.sigma.getCamera().getState();
    return { x, y, ratio };
  }

  setCamera(state: Camera, animate: boolean): void {
    if (animate) void this.sigma.getCamera().animate(state, { duration: 320 });
    else this.sigma.getCamera().setState(state);
  }

  render(): void {
    this.sigma.scheduleRender();
  }

  resize(): void {
    this.sigma.resize();
    this.sigma.scheduleRender();
  }
}
