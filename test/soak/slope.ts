/** A straight line through points, and how sure its slope is. */
export type Slope = {
  perHour: number;
  /** The true slope lies within `perHour` ± `margin` in 19 cases of 20. */
  margin: number;
};

export type Point = { seconds: number; value: number };

const HOUR_S = 3600;
/** Of the normal distribution: blocks are dozens, so Student's t is near enough. */
const TWO_SIDED_95 = 1.96;

/**
 * Least squares. Neighbours in time are alike, which would make the slope look surer than it is: as many points count
 * as would be independent, by the residuals' autocorrelation at lag 1 (AR(1)). Null for fewer than ten points.
 */
export function slopeOf(points: readonly Point[]): Slope | null {
  if (points.length < 10) return null;
  const meanX = mean(points.map(({ seconds }) => seconds));
  const meanY = mean(points.map(({ value }) => value));
  const spread = sum(points.map(({ seconds }) => (seconds - meanX) ** 2));
  if (spread === 0) return null;
  const slope = sum(points.map(({ seconds, value }) => (seconds - meanX) * (value - meanY))) / spread;
  const residuals = points.map(({ seconds, value }) => value - meanY - slope * (seconds - meanX));
  const error = Math.sqrt(sum(residuals.map((residual) => residual ** 2)) / (points.length - 2) / spread);
  const likeness = Math.min(0.99, Math.max(0, autocorrelation(residuals)));
  const inflation = Math.sqrt((1 + likeness) / (1 - likeness));
  return { perHour: slope * HOUR_S, margin: TWO_SIDED_95 * error * inflation * HOUR_S };
}

function autocorrelation(residuals: readonly number[]): number {
  const power = sum(residuals.map((residual) => residual ** 2));
  if (power === 0) return 0;
  return sum(residuals.slice(1).map((residual, before) => residual * (residuals[before] ?? 0))) / power;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
