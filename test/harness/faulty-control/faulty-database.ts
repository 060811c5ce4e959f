const CALLS = ["all", "first", "raw", "run"] as const;

/** The same database, but `before`, which may throw or wait, is asked before each call. */
export function guardDatabase(database: D1Database, before: () => Promise<void>): D1Database {
  return new Proxy(database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      if (property === "prepare") return (query: string) => guardStatement(target.prepare(query), before);
      return async (...args: unknown[]) => {
        await before();
        return value.apply(target, args);
      };
    },
  });
}

/** Changes the statement itself: `batch` takes none but the database's own. */
function guardStatement(statement: D1PreparedStatement, before: () => Promise<void>): D1PreparedStatement {
  const bind = statement.bind.bind(statement);
  const guarded: Record<string, unknown> = {
    bind: (...values: unknown[]) => guardStatement(bind(...values), before),
  };
  for (const name of CALLS) {
    const call: unknown = Reflect.get(statement, name);
    if (typeof call !== "function") continue;
    guarded[name] = async (...args: unknown[]) => {
      await before();
      return call.apply(statement, args);
    };
  }
  return Object.assign(statement, guarded);
}
