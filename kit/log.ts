/** One JSON object a line, so that machines can read what happened and people can grep it. */
export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Record<string, unknown>;

export type Log = {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log whose lines all carry these fields. */
  with(fields: LogFields): Log;
};

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The level that a setting names; `info` for one that is not set, or makes no sense. */
export function logLevelOf(text: string | undefined): LogLevel {
  return text !== undefined && Object.hasOwn(RANK, text) ? (text as LogLevel) : "info";
}

/** Says what an unknown thrown value is, in one line. */
export function describe(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
}

export type LogOptions = {
  level?: LogLevel;
  write?: (line: string) => void;
  fields?: LogFields;
  /** Fields that are asked for with each line. */
  present?: () => LogFields;
};

export function createLog(options: LogOptions = {}): Log {
  const { level = "info", write = (line: string) => console.log(line), fields: common = {}, present } = options;
  const at = (severity: LogLevel) => (message: string, fields?: LogFields) => {
    if (RANK[severity] < RANK[level]) return;
    write(
      JSON.stringify({
        time: new Date().toISOString(),
        level: severity,
        message,
        ...common,
        ...present?.(),
        ...fields,
      }),
    );
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    with: (fields) => createLog({ ...options, fields: { ...common, ...fields } }),
  };
}
