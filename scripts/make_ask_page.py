"""Write docs/how-to/ask.md: questions in both languages, and what is understood of each.

python scripts/make_ask_page.py
"""

from datetime import date
from pathlib import Path

from sciknow.search import understand
from sciknow.search.language.bridge import open_bridge

TARGET = Path(__file__).parents[1] / "docs" / "how-to" / "ask.md"
DAY = date(2026, 12, 1)
"""What "the past 30 years" counts from on this page."""
ENGLISH = """\
soil moisture Yangtze River basin
daily precipitation over Kenya since the 1980s at 5 km
sea surface temperature of the Indian Ocean, monthly, 1990 to 2020
land cover at 30 m
population density as GeoTIFF
CO2 emissions by country, CC BY
temperature but no reanalysis
soil moisture not from satellite
lakes of Asia except Lake Baikal
glaciers of the Tibetan Plateau, no registration
river discharge, at least 30 years
snow depth north of 60N
chlorophyll in 20–40°N, 100–120°E
hourly wind at the coast of Peru
permafrost in northern Pakistan
air quality within 200 km of Lhasa
upper Yangtze runoff
drought in the Sahel, past 30 years
rainfall every 30 minutes
5-day forecast of storm tracks
10 m wind over the North Sea
Georgia Tech aerosol campaign
elections in Georgia
nighttime lights of Nairobi in 2015
crop yield in Punjab from 2000
bathymetry of the South China Sea as NetCDF
CMIP6 projections to 2100
ocean heat content since 1955 under an open licence
earthquake catalogue of Japan before 1995
freely available housing prices, quarterly"""
CHINESE = """\
青藏高原 逐日积雪 2000年以来
长江流域土壤湿度
长江中下游洪水
1公里逐月降水
北极海冰 1979年至2020年
北京空气质量，逐小时
土壤湿度，不要卫星产品
非卫星降水产品
除了北京以外的空气质量
免费下载的夜间灯光
无需注册的人口数据
东北地区多年冻土
东经100到110度 北纬20至30度 气温
拉萨周边200公里 地震
巴基斯坦北部冰川
近30年黄河径流
20世纪80年代以来非洲干旱
开放许可的土地覆盖，30米
逐3小时 再分析
NetCDF格式的海表温度
長江流域逐月降水
青藏高原凍土分布
臺灣地震目錄
瀋陽空氣質量
印度洋海溫 1990年至2010年
近十年珠江三角洲土地利用
免費下載 全球人口
南海海平面 每天
不要再分析的氣溫資料
黃河上游徑流"""

HEAD = """\
# How to ask

Ask as you would ask a colleague: a theme, and where it matters a place, a period, a time step, a
grid spacing, a licence, a format, and what you do not want. The theme is found by words and
meaning; each of the others is answered by the record's own field, and how well it fits is graded.
What was understood is shown with the answer, as chips that can be taken away one by one
(`hits.understood`, `hub.search(question, without="place")`). An empty cell means that all words
are the theme.

Made by `scripts/make_ask_page.py`; relative dates count from {day}.
"""


def page() -> str:
    """Return the page: a table a language, one row a question."""
    bridge = open_bridge()
    parts = [HEAD.format(day=DAY.isoformat())]
    for title, questions in (("In English", ENGLISH), ("In Chinese", CHINESE)):
        parts += [f"## {title}\n", "| question | understood | theme |\n|---|---|---|"]
        for question in questions.split("\n"):
            wish = understand(bridge.simplify(question) if bridge else question, today=DAY)
            parts.append(f"| {question} | {wish} | {wish.theme if wish else ''} |")
        parts[-1] += "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")
