import re

import pytest

from sciknow.place.gazetteer import entries, known
from sciknow.place.naming import fold
from sciknow.place.place import find_place, find_places, places_of, smallest

NAMED = """\
soil moisture in Kerala -> Kerala
crop yields of Bavaria -> Bavaria
Andhra Pradesh groundwater -> Andhra Pradesh
forest loss in Mato Grosso do Sul -> Mato Grosso do Sul
Sonora temperature -> Sonora
Hokkaido snow -> Hokkaido
rainfall in lhasa -> lhasa
lhasa rainfall -> lhasa
Chengdu air quality -> Chengdu
urumqi dust -> urumqi
Ürümqi and Kashgar -> Ürümqi; Kashgar
rice in Lu'an -> Lu'an
rice in Lu’an -> Lu’an
Harbin heating season -> Harbin
Hohhot grassland -> Hohhot
São Paulo flood -> São Paulo
Sao Paulo flood -> Sao Paulo
Paris temperatures -> Paris
Vienna and Berlin -> Vienna; Berlin
巴黎 气温 -> 巴黎
heat in Phoenix since 1990 -> Phoenix
air quality in Nice since 1990 -> Nice
Nice climate data ->
Reading ability in children ->
temperature in Reading since 1990 -> Reading
Mobile phone data ->
mobility in Mobile Networks ->
Orange juice prices ->
orange crops ->
Split windows algorithm ->
bath water ->
Same method ->
Ice cores ->
University of Southampton tide model ->
Kyoto Protocol emissions ->
Paris agreement ->
Toronto Statement ->
Oxford University survey ->
turkey populations ->
Turkey vulture ->
Georgia Tech ->
Cambridge, Massachusetts -> Cambridge; Massachusetts
Riverside, California -> Riverside; California
Gulf of Sidra salinity -> Gulf of Sidra
Bristol Bay salmon -> Bristol Bay
Delaware River discharge -> Delaware River
Bitterroot Range snow -> Bitterroot Range
Lake Tahoe clarity -> Lake Tahoe
Kashmir Valley apples -> Kashmir Valley
Caroline Islands coral -> Caroline Islands
Benelux trade -> Benelux
EU emissions -> EU
Belgium air quality -> Belgium
ASEAN rice -> ASEAN
data from the US -> US
take us there ->
U.S. counties -> U.S.
South China Sea -> South China Sea
喀拉拉邦 土壤水分 -> 喀拉拉邦
长春降水 -> 长春
近30年长春降水 -> 长春
我想要沈阳的气温 -> 沈阳
气温 济南 -> 济南
沈阳市气温 -> 沈阳市
恩施州 茶叶 -> 恩施州
阿坝藏族羌族自治州 植被 -> 阿坝藏族羌族自治州
义乌市 出口 -> 义乌市
朝阳区人口 -> 朝阳区
北京市朝阳区 PM2.5 -> 北京市; 朝阳区
南京市鼓楼区 -> 南京市; 鼓楼区
马鞍山市和县 小麦 -> 马鞍山市; 和县
和县级数据 ->
城区人口 ->
郊区农业 ->
新城区建设 ->
西南山区降水 ->
中南山区降水 ->
白银 价格 ->
白银市 重金属 -> 白银市
来宾 人数 ->
来宾市 甘蔗 -> 来宾市
国内江河水质 ->
内江 水质 -> 内江
国内大气污染 ->
海南 橡胶 -> 海南
沿海南部 潮位 ->
上海南部 潮汐 -> 上海南部
海南藏族自治州 草地 -> 海南藏族自治州
黑河流域 土壤水分 -> 黑河流域
三江源 降水 -> 三江源
三峡 库区 -> 三峡
锡德拉湾 海温 -> 锡德拉湾
乌拉尔河 径流 -> 乌拉尔河
南海区域海温 -> 南海
佛山市南海区 人口 -> 佛山市; 南海区
格陵兰海冰 -> 格陵兰
欧几里得空间望远镜 ->
伯克利地球 ->
集合卡尔曼滤波 ->
劳伦斯伯克利国家实验室 ->
巴布亚企鹅 ->
榆树疏林 ->
北欧 森林 -> 北欧
东盟 水稻 -> 东盟
比利时 空气质量 -> 比利时
"""


def table(text):
    for line in text.splitlines():
        question, _, names = line.partition("->")
        yield question.strip(), [name for name in re.split("; ", names.strip()) if name]


@pytest.mark.parametrize(("question", "names"), list(table(NAMED)))
def test_places_that_are_named(question, names):
    assert [place.name for place in find_places(question)] == names


@pytest.mark.parametrize(
    ("question", "name", "kind", "within"),
    [
        ("Georgia vineyards", "Georgia", "country", ""),
        ("Georgia and Turkey", "Georgia", "country", ""),
        ("Georgia, USA drought", "Georgia", "state", ""),
        ("Georgia peaches near Atlanta", "Georgia", "state", ""),
        ("Niger and Nigeria crops", "Niger", "country", ""),
        ("朝阳 辽宁 气温", "朝阳", "prefecture", "中国辽宁省"),
        ("长春市朝阳区", "朝阳区", "county", "中国吉林省长春市"),
        ("北京市朝阳区", "朝阳区", "county", "中国北京市"),
        ("吉林 玉米", "吉林", "state", ""),
        ("吉林市 空气质量", "吉林市", "prefecture", "中国吉林省"),
        ("福州市鼓楼区", "鼓楼区", "county", "中国福建省福州市"),
        ("Springfield, Illinois", "Springfield", "city", "US"),
    ],
)
def test_which_of_several_places_of_one_name_is_meant(question, name, kind, within):
    place = next(found for found in find_places(question) if found.name == name)
    assert (place.kind, place.within) == (kind, within)


def test_the_others_of_a_name_are_told():
    georgia = find_place("Georgia vineyards")
    assert "state" in {other.kind for other in georgia.others}
    assert len({other.within for other in find_place("鼓楼区").others}) >= 2


def test_the_smallest_place_counts():
    assert find_place("lakes of China in Asia").name == "China"
    named = find_places("Riverside, California, USA")
    assert [place.name for place in smallest(named)] == ["Riverside"]


def alone(name, mark, place):
    """Return a sentence in which a name of some mark should count."""
    if any("\u3400" <= char <= "\u9fff" for char in name):
        owner = re.search(r"[^省区]{2,}$", place.within.removeprefix("中国").rstrip("省区"))
        return f"{owner[0] if mark == 'n' and owner else ''}{name}"
    return f"data in {name}"


def test_every_name_is_found_in_a_sentence():
    names = [
        (name, mark, place)
        for place in entries()
        for name in (*place.english, *place.chinese)
        for mark, found in known(fold(name))
        if found is place and mark != "n" and place.kind != "none"
    ]
    assert len(names) > 35_000
    lost = [
        name
        for name, mark, place in names[::7]
        if name not in [found.name for found in find_places(alone(name, mark, place))]
    ]
    assert len(lost) < len(names[::7]) * 0.005, lost[:50]


def test_places_of_a_record_are_read_from_its_area_or_else_its_title():
    assert places_of(["Kerala"], "Rain of Africa") == (find_place("Kerala").box,)
    assert places_of(["plot 7"], "长春降水") == (find_place("长春").box,)
    assert places_of([], "Rain") == ()
