from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "luoshi.kernel.access"
    label = "access"
    verbose_name = "账号与权限"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "account.created": "账号已建立",
                "account.password_set": "密码已修改",
                "account.password_reset": "密码已重置",
                "account.stopped": "账号已停用",
                "account.resumed": "账号已恢复",
                "grant.bound": "角色已授予",
                "grant.unbound": "角色已收回",
            }
        )
