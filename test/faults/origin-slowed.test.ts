import { describeOriginFault } from "./describe-origin-fault.ts";

describeOriginFault({
  title: "a network of 2 kB/s",
  begin: (stack, origin) => stack.network.slow(origin, 2000),
  end: (stack, origin) => stack.network.heal(origin),
  silencesHost: true,
});
