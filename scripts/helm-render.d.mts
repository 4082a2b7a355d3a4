/** One of Kubernetes' objects, as its YAML has it. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: unknown;
  data?: Record<string, string>;
  stringData?: Record<string, string>;
}

export declare const CHART: string;
export declare const SCHEMAS: URL;
export declare const RENDERS: readonly string[];
export declare function findHelm(): string | undefined;
export declare function valuesOf(name: string): string;
export declare function renderText(helm: string, values: string, args?: readonly string[], chart?: string): string;
export declare function parseObjects(text: string): Rendered[];
export declare function run(helm: string, args: readonly string[]): string;
