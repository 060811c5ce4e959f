import { describe, expect, it } from "vitest";
import { createAddressGuard, RelayRefused, refusalOf } from "./address.ts";

const NEVER = [
  ["a metadata service", "169.254.169.254"],
  ["Azure's metadata service, which has a public address", "168.63.129.16"],
  ["Alibaba's metadata service", "100.100.100.200"],
  ["Amazon's metadata service over IPv6", "fd00:ec2::254"],
  ["link-local", "169.254.0.1"],
  ["link-local over IPv6", "fe80::1"],
  ["unspecified", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["unspecified over IPv6", "::"],
  ["multicast", "239.1.2.3"],
  ["multicast over IPv6", "ff02::1"],
  ["broadcast", "255.255.255.255"],
  ["reserved", "240.0.0.1"],
  ["documentation", "192.0.2.1"],
  ["benchmarking", "198.18.0.1"],
  ["link-local within IPv6", "::ffff:169.254.169.254"],
  ["link-local through NAT64", "64:ff9b::a9fe:a9fe"],
  ["private by 6to4", "2002:7f00:1::"],
  ["no address", "radio.example"],
] as const;

const PRIVATE = [
  ["loopback", "127.0.0.1"],
  ["loopback elsewhere in its network", "127.255.0.3"],
  ["loopback over IPv6", "::1"],
  ["loopback within IPv6", "::ffff:127.0.0.1"],
  ["loopback within IPv6, in hexadecimal", "::ffff:7f00:1"],
  ["private, class A", "10.1.2.3"],
  ["private, class B", "172.16.0.1"],
  ["private, class C", "192.168.1.1"],
  ["unique local", "fd12:3456::1"],
  ["carrier-grade NAT", "100.64.0.1"],
] as const;

describe("an address", () => {
  it.each(NEVER)("that is %s is refused, whatever is allowed: %s", (_title, address) => {
    expect(refusalOf(address, false)).toContain(address);
    expect(refusalOf(address, true)).toContain(address);
  });

  it.each(PRIVATE)("that is %s is refused unless private ones are allowed: %s", (_title, address) => {
    expect(refusalOf(address, false)).toContain(address);
    expect(refusalOf(address, true)).toBeNull();
  });

  it.each(["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])("that is public is not: %s", (address) => {
    expect(refusalOf(address, false)).toBeNull();
  });
});

describe("the guard", () => {
  const guardOf = (...addresses: string[]) =>
    createAddressGuard(false, async () => addresses.map((address) => ({ address, family: 4 })));

  it("gives the address to connect to, so that nobody looks it up again", async () => {
    expect(await guardOf("8.8.8.8", "8.8.4.4").resolve("radio.example")).toEqual({ address: "8.8.8.8", family: 4 });
  });

  it("refuses a name of which only one address is private", async () => {
    await expect(guardOf("8.8.8.8", "127.0.0.1").resolve("radio.example")).rejects.toThrow(
      new RelayRefused("radio.example: 127.0.0.1 is no public address (loopback)"),
    );
  });

  it.each(["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1"])(
    "refuses %s, however written",
    async (host) => {
      await expect(createAddressGuard(false).resolve(host)).rejects.toThrow(RelayRefused);
    },
  );

  it("says when a name has no address, which is no refusal", async () => {
    await expect(guardOf().resolve("radio.example")).rejects.toThrow(/has no address/);
  });
});
