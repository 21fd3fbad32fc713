import { expect, it } from "vitest";
import { draftOf, saidOf } from "./keptDraft";

const HOST = {
  taints: ["dedicated=ml", "spot:avoid"],
  projects: ["shop", "crm"],
  resources: { license: { allocatable: 3, reserved: 1 } },
};

it("comes back as it was", () => {
  expect(draftOf(HOST).taints[1]).toEqual({ text: "spot", avoid: true });
  expect(saidOf(draftOf(HOST))).toEqual({ ...HOST, resources: { license: 3 } });
});

it("leaves out what nobody filled in, and lets the server refuse what is no number", () => {
  const said = saidOf({
    taints: [
      { text: " ", avoid: true },
      { text: " gpu ", avoid: false },
    ],
    projects: " shop crm,",
    resources: [
      { name: "", amount: "" },
      { name: "fpga", amount: "two" },
    ],
  });
  expect(said).toEqual({ taints: ["gpu"], projects: ["shop", "crm"], resources: { fpga: -1 } });
});
