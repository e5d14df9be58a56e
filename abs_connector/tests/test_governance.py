"""Governance: tree, memberships, stamps, inheritance, reassignment (SPEC 2)."""

from .common import AbsCommon


class TestWorld(AbsCommon):
    def test_sale(self):
        self.receive(self.kit, ["GV-1", "GV-2"])
        self.receive(self.cable, 10)
        order = self.quotation(
            self.marie, [(self.kit, 2), (self.cable, 3), (self.installation, 1)]
        )
        self.assertEqual(order.amount_total, round((900 + 75 + 50) * 1.18))
        order.action_confirm()
        self.deliver(order.picking_ids, ["GV-1"])
        self.assertEqual(len(order.picking_ids), 2)
        self.assertEqual(order.picking_ids.x_sa_id, self.sa_lom)
