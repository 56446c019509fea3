from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "luoshi.kernel.calendars"
    label = "calendars"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from luoshi.kernel.ledger.kinds import register_kinds

        register_kinds(
            {
                "calendar.installed": "工作日历已装入",
                "calendar.day_set": "工作日已调整",
                "calendar.day_cleared": "工作日调整已取消",
                "calendar.year_published": "年度放假安排已确认",
            }
        )
