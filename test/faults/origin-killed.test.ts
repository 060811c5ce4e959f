import { describeOriginFault } from "./describe-origin-fault.ts";

describeOriginFault({
  title: "kill -9",
  begin: async (stack, origin) => stack.kill(origin, "SIGKILL"),
  end: async () => {},
  silencesHost: true,
});
