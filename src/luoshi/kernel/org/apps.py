from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "luoshi.kernel.org"
    label = "org"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "tree.created": "机构树已建立",
                "unit.created": "单位已建立",
                "unit.moved": "单位隶属已调整",
                "unit.renamed": "单位已更名",
                "unit.closed": "单位已撤销",
                "unit.alias_added": "单位别名已添加",
                "person.created": "人员已登记",
                "post.created": "岗位已设立",
                "post.appointed": "任职已登记",
                "post.appointment_ended": "任职已结束",
                "unit.coach_set": "包联领导已设定",
                "unit.coach_ended": "包联已结束",
            }
        )
