"""Sentences that agree are passed over, the same with one number changed are not."""

from __future__ import annotations

import pytest

from luoshi.core.figlint.check import contradictions
from luoshi.core.figlint.model import Paragraph

# (sentence, what stands there, what should, or None when the sentence is right)
SENTENCES = [
    ("天宁区2024件，占区小计5174件的39.12%。", None, None),
    ("天宁区2024件，占区小计5174件的35.03%。", "占 35.03%", "39.12%"),
    ("接通率为95.84%，接通23000个，来电24000个。", None, None),
    ("共受理254592件，办结254567件，办结率99.9%。", None, None),
    ("共受理254592件，办结254567件，办结率98.9%。", "办结率 98.9%", "99.9%"),
    ("全年投资12.34亿元，占总投资45.6亿元的27.1%。", None, None),
    ("全年投资12.34亿元，占总投资45.6亿元的37.1%。", "占 37.1%", "27.1%"),
    ("共收到1.2万件，其中网上3000件，占25%。", None, None),
    ("共收到1.2万件，其中网上3000件，占30%。", "占 30%", "25%"),
    ("共受理100件，其中办结95件，满意90件。", None, None),
    ("共受理100件，其中办结105件。", "办结 105件", "不大于 100件"),
    ("受理100件，其中甲类30件、乙类20件。", None, None),
    ("受理100件，其中甲类60件、乙类50件。", "受理 100件", "110件"),
    ("共走访320家，分为规上120家、小微150家、个体60家。", "走访 320家", "330家"),
    ("共100件，已办结90件，满意85件，其余10件正在办理。", None, None),
    ("共100件，已办结90件，满意85件，其余20件正在办理。", "其余 20件", "10件"),
    ("回访100件，满意80件、基本满意15件、不满意5件。", None, None),
    ("检查单位100个，其中合格90个，不合格12个。", "不合格 12个", "10个"),
    ("甲街道30件、乙街道20件，合计50件。", None, None),
    ("甲街道30件、乙街道20件，合计60件。", "合计 60件", "50件"),
    ("454=422+25+7，63458=55978+5844。", "63458", "61822"),
    ("由上年的100件增至120件，增长20%。", None, None),
    ("由上年的100件增至120件，增长25%。", "增长 25%", "增长 20%"),
    ("由上年的120件增至100件。", "增至 100件", "下降（减少）"),
    ("办结率由92.1%提高到95.3%，提高3.2个百分点。", None, None),
    ("办结率由92.1%提高到95.3%，提高3.2%。", "提高 3.2%", "提高 3.2个百分点"),
    ("本月1200件，上月1000件，环比增长20.0%，同比增长31.5%。", None, None),
    ("去年同期100件，今年130件，同比增长20%。", "同比增长 20%", "增长 30%"),
    ("受理120件，同比减少30件，下降20%。", None, None),
    ("受理120件，同比减少30件，下降25%。", "下降 25%", "20%"),
    ("优良311天、轻度42天、中度9天、重度3天，合计366天。", "合计 366天", "365天"),
    ("申请160件，申请是上年80件的2倍。", None, None),
    ("受理220件次，比去年同期（250件次）减少30件次，下降12.0%。", None, None),
    ("受理220件次，比去年同期（250件次）减少40件次。", "减少 40件次", "减少 30件次"),
    ("活动1280场次，活动场次较上年（1000场次）增长32%。", "增长 32%", "增长 28%"),
    ("处分58人，其中乡科级8人，一般干部20人，农村等其他人员32人。", "处分 58人", "60人"),
    ("常住人口52.36万人，其中城镇人口34.03万人，乡村人口18.33万人。", None, None),
    ("常住人口52.36万人，其中城镇人口34.03万人，乡村人口19.33万人。", "常住人口 52.36万人", "53.36万人"),
    ("检查1560户次，同比多检查260户次，增长25%。", "增长 25%", "20%"),
    ("发现隐患234处，当场整改210处，限期整改24处，整改率100%。", None, None),
]
# Nothing here can be computed or compared, however the numbers look.
SILENT = [
    "受理100件，其中甲类60件、乙类40件，全区检查120件。",
    "2021年1月15日，第3次会议研究了5个议题，印发〔2021〕12号文件，12345热线当日受理30件。",
    "约1200件，其中办结1100余件，占95%左右。",
    "力争办结率达到98%以上，受理100件，办结90件。",
    "排查问题100个，涉及120个单位。",
    "平均每个单位20份，共30个单位。",
    "受理诉求100件，办理时限由15个工作日压缩为10个工作日。",
    "占全区企业总数的12%，共30家。",
    "1.受理100件；2.办结120件。",
    "",
]


@pytest.mark.parametrize(("sentence", "said", "should"), SENTENCES)
def test_sentence_is_judged_by_its_own_numbers(sentence: str, said: str | None, should: str | None) -> None:
    found = contradictions([Paragraph("第 1 段", sentence)])
    assert [(each.said, each.should) for each in found] == ([(said, should)] if said else [])


@pytest.mark.parametrize("text", SILENT)
def test_what_cannot_be_computed_is_passed_over(text: str) -> None:
    assert contradictions([Paragraph("第 1 段", text)]) == []


def test_finding_names_place_sentence_and_computation() -> None:
    text = "情况如下。共受理200件，其中电话150件，占80%。"
    [found] = contradictions([Paragraph("第 7 段", text)])
    assert (found.place, found.kind, found.how) == ("第 7 段第 2 句", "占比", "150件÷200件＝75%")
    assert found.quote == "共受理200件，其中电话150件，占80%"


def test_wide_digits_are_read() -> None:
    [found] = contradictions([Paragraph("第 1 段", "共受理２００件，其中电话１５０件，占８０％。")])
    assert found.should == "75%"


def test_endless_sentence_does_not_take_long() -> None:
    assert contradictions([Paragraph("第 1 段", "受理1件，其中2件、3件，占4%，" * 20_000)]) is not None
