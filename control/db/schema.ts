export { incidents } from "./incidents.ts";
export { origins } from "./origins.ts";
export { publications } from "./publications.ts";
export { renditions } from "./renditions.ts";
export { slicers } from "./slicers.ts";
export { stations } from "./stations.ts";
export { streamKeys } from "./stream-keys.ts";
export { tokens } from "./tokens.ts";
