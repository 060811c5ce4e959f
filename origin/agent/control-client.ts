import type { z } from "zod";
import { Failure } from "../../contracts/failure.ts";
import { type Heartbeat, HeartbeatAnswer, type Registration, RegistrationAnswer } from "../../contracts/fleet.ts";
import { userAgent } from "../../contracts/version.ts";
import { describe } from "../../kit/log.ts";

/** `refused`: asking again in the same way is useless. `unreachable`: control is away or ill, ask again. */
export class ControlError extends Error {
  override name = "ControlError";
  readonly kind: "refused" | "unreachable";
  readonly status: number | null;
  /** Control's own word for why; null where it gave none. */
  readonly code: string | null;
  constructor(kind: "refused" | "unreachable", status: number | null, message: string, code: string | null = null) {
    super(message);
    this.kind = kind;
    this.status = status;
    this.code = code;
  }
}

export type ControlClient = {
  register(token: string, registration: Registration): Promise<z.infer<typeof RegistrationAnswer>>;
  heartbeat(token: string, origin: string, heartbeat: Heartbeat): Promise<z.infer<typeof HeartbeatAnswer>>;
};

/** Speaks to control. Each call ends within `timeoutMs` and throws a ControlError when it brings no valid answer. */
export function createControlClient(
  controlUrl: string,
  options: { timeoutMs: number; fetch?: typeof fetch },
): ControlClient {
  const send = options.fetch ?? fetch;

  async function post<T>(path: string, token: string, body: unknown, answer: z.ZodType<T>): Promise<T> {
    let status: number;
    let text: string;
    try {
      const response = await send(`${controlUrl}/api/v1${path}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "user-agent": userAgent("origin"),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      status = response.status;
      text = await response.text();
    } catch (thrown) {
      throw new ControlError("unreachable", null, `control cannot be reached: ${describe(thrown)}`);
    }
    const error = errorIn(status, text);
    if (error !== null) throw error;
    try {
      return answer.parse(JSON.parse(text));
    } catch (thrown) {
      throw new ControlError("unreachable", status, `control's answer is not valid: ${describe(thrown)}`);
    }
  }

  return {
    register: (token, registration) => post("/origins/register", token, registration, RegistrationAnswer),
    heartbeat: (token, origin, heartbeat) => post(`/origins/${origin}/heartbeat`, token, heartbeat, HeartbeatAnswer),
  };
}

/** What an answer of control means that is no success; null when it is one. */
export function errorIn(status: number, text: string): ControlError | null {
  if (status >= 500 || status === 429) return new ControlError("unreachable", status, `control answers ${status}`);
  if (status < 400) return null;
  const { code, message } = reasonIn(text);
  return new ControlError("refused", status, `control answers ${status}: ${message}`, code);
}

function reasonIn(text: string): { code: string | null; message: string } {
  try {
    return Failure.parse(JSON.parse(text)).error;
  } catch {
    return { code: null, message: text.slice(0, 200) };
  }
}
