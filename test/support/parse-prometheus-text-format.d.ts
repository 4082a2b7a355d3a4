/** The package has no types. Numbers are told as text; of a histogram's samples it drops the labels. */
declare module 'parse-prometheus-text-format' {
  export interface ParsedFamily {
    name: string;
    help: string;
    type: string;
    metrics: { labels?: Record<string, string>; value?: string }[];
  }

  export default function parse(text: string): ParsedFamily[];
}
