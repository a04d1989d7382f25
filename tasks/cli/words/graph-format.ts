/** How `graph` prints. */
export const GRAPH_FORMATS = ["text", "mermaid", "dot", "json"] as const;

/** How `graph` prints. */
export type GraphFormat = (typeof GRAPH_FORMATS)[number];
