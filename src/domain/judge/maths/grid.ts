/** Bins for a number, in rising order from 0; counts by bin are a sketch (sketch.ts). */
export interface Grid {
  binOf(value: number): number;
  upperEdgeOf(bin: number): number;
  /** The value at the share `within` (0..1) of a bin. */
  valueAt(bin: number, within: number): number;
  /** Where in its bin a value lies, 0..1. */
  withinOf(value: number, bin: number): number;
  /** The value that stands for all of a bin. */
  middleOf(bin: number): number;
  /** A bin's upper edge on the scale on which usual values are nearly normal: the logarithm, for a latency. */
  shapeOf(bin: number): number;
}
