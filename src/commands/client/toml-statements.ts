/** What stands in a TOML file: a table's header, or a key with its value. Places are indexes of whole lines. */
export interface Statement {
  readonly kind: 'table' | 'array-of-tables' | 'pair';
  /** From the root: that of its table is in front of a pair's own. */
  readonly path: readonly string[];
  /** A pair's value as it is written; empty for a header. */
  readonly value: string;
  /** Of its first line. */
  readonly start: number;
  /** Behind the line end of its last line. */
  readonly end: number;
}

const BLANK = /[ \t]*/y;
const BETWEEN = /(?:[ \t\r\n]|#[^\n]*)*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const LINE_END = /[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y;
const SCALAR = /[^\s,#[\]{}"']+(?: [0-9][^\s,#[\]{}"']*)?/y;
// The longer ones first. Each ends at its own quotes, of which two more may belong to the text.
const STRINGS = [/"""[^\\]*?(?:\\.[^\\]*?)*?"{3,5}/sy, /'''.*?'{3,5}/sy, /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y, /'[^'\n]*'/y];

/**
 * The statements of a TOML file, in order. It knows where each begins and ends, and not whether its value is right.
 * @throws Error with the line that it can't read
 */
export function readStatements(text: string): Statement[] {
  return new Reader(text).read();
}

class Reader {
  private place = 0;
  private table: readonly string[] = [];

  constructor(private readonly text: string) {}

  read(): Statement[] {
    const statements: Statement[] = [];
    if (this.text.startsWith('\ufeff')) this.place = 1;
    for (this.take(BETWEEN); this.place < this.text.length; this.take(BETWEEN)) statements.push(this.readStatement());
    return statements;
  }

  private readStatement(): Statement {
    const start = this.text.lastIndexOf('\n', this.place - 1) + 1;
    if (this.takeSign('[[')) return this.readHeader('array-of-tables', start, ']]');
    if (this.takeSign('[')) return this.readHeader('table', start, ']');
    const path = [...this.table, ...this.readPath()];
    if (!this.takeSign('=')) this.refuse();
    this.take(BLANK);
    const valueStart = this.place;
    this.skipValue();
    const value = this.text.slice(valueStart, this.place);
    return { kind: 'pair', path, value, start, end: this.endLine() };
  }

  private readHeader(kind: 'table' | 'array-of-tables', start: number, close: string): Statement {
    const path = this.readPath();
    if (!this.takeSign(close)) this.refuse();
    this.table = path;
    return { kind, path, value: '', start, end: this.endLine() };
  }

  private readPath(): string[] {
    const path: string[] = [];
    do {
      this.take(BLANK);
      path.push(this.readKey());
      this.take(BLANK);
    } while (this.takeSign('.'));
    return path;
  }

  private readKey(): string {
    const bare = this.take(BARE_KEY);
    if (bare !== '') return bare;
    const quoted = this.takeString();
    if (quoted === '') this.refuse();
    if (quoted.startsWith("'")) return quoted.slice(1, -1);
    try {
      return JSON.parse(quoted);
    } catch {
      return quoted.slice(1, -1);
    }
  }

  private skipValue(): void {
    let depth = 0;
    do {
      const sign = this.text[this.place];
      if (sign === '[' || sign === '{') depth += 1;
      if (sign === ']' || sign === '}') depth -= 1;
      if (depth < 0) this.refuse();
      if (sign !== undefined && '[]{},='.includes(sign)) {
        // Between values, which only arrays and inline tables have.
        if (depth === 0 && !']}'.includes(sign)) this.refuse();
        this.place += 1;
      } else if (this.takeString() === '' && this.take(SCALAR) === '') {
        this.refuse();
      }
      if (depth > 0) this.take(BETWEEN);
    } while (depth > 0);
  }

  private endLine(): number {
    if (this.place < this.text.length && this.take(LINE_END) === '') this.refuse();
    return this.place;
  }

  private takeString(): string {
    if (this.text[this.place] !== '"' && this.text[this.place] !== "'") return '';
    for (const pattern of STRINGS) {
      const taken = this.take(pattern);
      // Two quotes with a third behind them are the beginning of a text that never ends.
      if (taken !== '' && !(taken.length === 2 && this.text[this.place] === taken[0])) return taken;
    }
    return this.refuse();
  }

  private takeSign(sign: string): boolean {
    this.take(BLANK);
    if (!this.text.startsWith(sign, this.place)) return false;
    this.place += sign.length;
    return true;
  }

  private take(pattern: RegExp): string {
    pattern.lastIndex = this.place;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.place += taken.length;
    return taken;
  }

  private refuse(): never {
    const line = this.text.slice(0, this.place).split('\n').length;
    throw new Error(`line ${line} is no TOML`);
  }
}
