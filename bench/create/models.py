"""What a bare Django application would store: a record and one line of it, without any trace."""

from __future__ import annotations

from django.db import models


class PlainHead(models.Model):
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return self.name


class PlainLine(models.Model):
    head = models.ForeignKey(PlainHead, on_delete=models.PROTECT)
    text = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text
