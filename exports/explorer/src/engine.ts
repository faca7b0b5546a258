// What a drawing engine can do: sigma where there is WebGL, a plain canvas where there is none.

import type { Box } from "./model";

export interface Camera {
  x: number;
  y: number;
  ratio: number;
}

export interface Point {
  x: number;
  y: number;
}

export interface DrawnNode {
  key: number;
  x: number;
  y: number;
  size: number;
  colour: string;
}

export interface DrawnEdge {
  key: number;
  source: number;
  target: number;
  colour: string;
}

export interface EngineEvents {
  rendered(): void;
  /** The pointer is over a node, or over none (-1), at this place of the stage. */
  hover(node: number, x: number, y: number): void;
  click(node: number): void;
  double(node: number): void;
  moved(): void;
}

export interface Engine {
  draw(nodes: DrawnNode[], edges: DrawnEdge[]): void;
  restyle(node: (key: number) => string, edge: (key: number) => string): void;
  dimensions(): { width: number; height: number };
  toViewport(point: Point): Point;
  toGraph(point: Point): Point;
  /** From the stage to the square of side 1 in which the camera moves. */
  toFramed(point: Point): Point;
  scale(size: number): number;
  camera(): Camera;
  setCamera(state: Camera, animate: boolean): void;
  render(): void;
  resize(): void;
}

export type EngineParts = [stage: HTMLElement, extent: Box, events: EngineEvents];
