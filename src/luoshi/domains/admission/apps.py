from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    name = "luoshi.domains.admission"
    label = "admission"
    verbose_name = "报表准入"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "proposal.asked": "报表准入已申请",
                "proposal.withdrawn": "报表准入申请已撤回",
                "proposal.admitted": "报表已准入",
                "proposal.refused": "报表未获准入",
            }
        )
