/** Counts who is here, so that neither the whole world nor one address takes more than its share. */
export type Admission = {
  /** A function that frees the place again, or null when there is none left. */
  admit(address: string): (() => void) | null;
};

export function createAdmission(limits: { total: number; perAddress: number }): Admission {
  const byAddress = new Map<string, number>();
  let total = 0;
  return {
    admit(address) {
      const here = byAddress.get(address) ?? 0;
      if (total >= limits.total || here >= limits.perAddress) return null;
      total += 1;
      byAddress.set(address, here + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        total -= 1;
        const left = (byAddress.get(address) ?? 1) - 1;
        if (left === 0) byAddress.delete(address);
        else byAddress.set(address, left);
      };
    },
  };
}
