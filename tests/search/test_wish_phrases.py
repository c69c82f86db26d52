"""Phrases of time, place, grain and terms of use, in both languages, and what is none.

Each line is a question and what has to be understood of it.
"""

from __future__ import annotations

from datetime import date

import pytest

from sciknow.search import understand

TODAY = date(2026, 11, 24)

PERIODS = """\
rainfall since 1998 -> since 1998
SST from 1985 onwards -> since 1985
from 1985 on -> since 1985
since the 1970s -> since 1970
since the early 1990s -> since 1990
since the mid-1980s -> since 1984
starting in 2002 -> since 2002
starting January 2002 -> since 2002-01
since March 2000 -> since 2000-03
since 2000-03 -> since 2000-03
since 2000-03-01 -> since 2000-03-01
from Jan 1979 to Dec 2020 -> 1979-01 to 2020-12
1979/2020 -> 1979 to 2020
1979–2020 -> 1979 to 2020
1979 - present -> since 1979
1979-present -> since 1979
1979 to present -> since 1979
1979 to date -> since 1979
from 2001 until now -> since 2001
from 1950 to today -> since 1950
1950 to the present day -> since 1950
up to 2015 -> until 2015
until 2015 -> until 2015
before 2000 -> until 2000
prior to 1990 -> until 1990
after 2010 -> since 2010
between 1990 and 2000 -> 1990 to 2000
between 1990 & 2000 -> 1990 to 2000
for the years 1990-2000 -> 1990 to 2000
for the period 1990-2000 -> 1990 to 2000
in 2015 -> 2015
during 2003 -> 2003
for 2012 -> 2012
summer 2003 -> 2003
summer of 2003 -> 2003
winter 2015/16 -> 2015 to 2016
winter 2015-2016 -> 2015 to 2016
July 2018 -> 2018-07
July 4, 2018 -> 2018-07-04
2018-07-04 -> 2018-07-04
in the 1990s -> 1990 to 1999
in the 90s -> 1990 to 1999
during the nineties -> 1990 to 1999
the 1960s and 1970s -> 1960 to 1979
1960s to 1980s -> 1960 to 1989
20th century -> 1901 to 2000
the twentieth century -> 1901 to 2000
19th and 20th centuries -> 1801 to 2000
last 20 years -> since 2006
over the past 30 years -> since 1996
past three decades -> since 1996
last decade -> since 2016
the last century -> since 1926
last 100 years -> since 1926
last five years -> since 2021
since the 19th century -> since 1801
pre-1950 -> until 1950
post-2000 -> since 2000
through 2100 -> until 2100
up to 2100 -> until 2100
out to 2100 -> until 2100
projections for 2050 -> 2050
2021-2050 -> 2021 to 2050
1850 to 2100 -> 1850 to 2100
21st century projections -> 2001 to 2100
late 20th century -> 1971 to 2000
first half of the 20th century -> 1901 to 1950
at least 30 years of data -> at least 30 years
30-year record -> at least 30 years
more than 20 years long -> at least 20 years
long-term (>30 years) -> at least 30 years
century-long records -> at least 100 years
circa 2010 -> 2010
2010 onwards -> since 2010
2010+ -> since 2010
FY2015 -> 2015
the year 2000 -> 2000
year 1900 -> 1900
1990, 1995 and 2000 -> 1990 to 2000
1980年以来 逐日 -> since 1980, every day
自1980年以来 -> since 1980
1980年至今 -> since 1980
1980至今 -> since 1980
1980—2020年 -> 1980 to 2020
1980–2020年 -> 1980 to 2020
1980~2020 -> 1980 to 2020
1980到2020年 -> 1980 to 2020
从1980年到2020年 -> 1980 to 2020
1980年1月至2020年12月 -> 1980-01 to 2020-12
1980年代以来 -> since 1980
20世纪80年代以来 -> since 1980
上世纪80年代 -> 1980 to 1989
八十年代 -> 1980 to 1989
二十世纪 -> 1901 to 2000
20世纪 -> 1901 to 2000
21世纪 -> 2001 to 2100
近20年 -> since 2006
近三十年 -> since 1996
过去50年 -> since 1976
过去一百年 -> since 1926
最近十年 -> since 2016
最近5年 -> since 2021
近百年 -> since 1926
2000年以后 -> since 2000
2000年之后 -> since 2000
2000年后 -> since 2000
2000年前 -> until 2000
2000年以前 -> until 2000
1990年代 -> 1990 to 1999
90年代 -> 1990 to 1999
2015年 -> 2015
2015年夏季 -> 2015
2015年7月 -> 2015-07
2015年7月15日 -> 2015-07-15
2015-07-15 -> 2015-07-15
到2100年 -> until 2100
至2050年 -> until 2050
截至2020年 -> until 2020
未来50年 -> 2026 to 2076
1950年起 -> since 1950
一九八〇年以来 -> since 1980
二〇〇〇年至二〇二〇年 -> 2000 to 2020
1951年以來 逐日 -> since 1951, every day
1980年至2020年間 -> 1980 to 2020
"""

STEPS = """\
hourly reanalysis -> every hour
1-hourly -> every hour
1 hourly -> every hour
every hour -> every hour
hour by hour -> every hour
half-hourly -> every 30 minutes
every 30 minutes -> every 30 minutes
30-minute -> every 30 minutes
30 min -> every 30 minutes
10-minute data -> every 10 minutes
every 10 minutes -> every 10 minutes
15 min -> every 15 minutes
5-min rainfall -> every 5 minutes
1-minute -> every minute
minutely -> every minute
per minute -> every minute
sub-daily -> every 12 hours
subdaily -> every 12 hours
sub-hourly -> every 30 minutes
3-hourly -> every 3 hours
3 hourly -> every 3 hours
every 3 hours -> every 3 hours
three-hourly -> every 3 hours
6h -> every 6 hours
6-hourly -> every 6 hours
every six hours -> every 6 hours
12-hourly -> every 12 hours
twice daily -> every 12 hours
daily -> every day
day-by-day -> every day
each day -> every day
daily mean -> every day
5-day -> every 5 days
pentad -> every 5 days
8-day composite -> every 8 days
8-daily -> every 8 days
10-day -> every 10 days
dekadal -> every 10 days
16-day -> every 16 days
biweekly -> every 14 days
fortnightly -> every 14 days
weekly -> every 7 days
every week -> every 7 days
monthly -> every month
month by month -> every month
each month -> every month
monthly mean -> every month
every month -> every month
quarterly -> every 3 months
seasonal means -> every 3 months
annual -> every year
yearly -> every year
every year -> every year
each year -> every year
year by year -> every year
every five years -> every 5 years
5-yearly -> every 5 years
decadal means -> every 10 years
every 10 years -> every 10 years
every decade -> every 10 years
at daily resolution -> every day
daily resolution -> every day
temporal resolution of 1 hour -> every hour
at hourly time step -> every hour
逐分钟 -> every minute
每分钟 -> every minute
1分钟 -> every minute
每10分钟 -> every 10 minutes
10分钟分辨率 -> every 10 minutes
15分钟 -> every 15 minutes
每半小时 -> every 30 minutes
半小时 -> every 30 minutes
逐小时 -> every hour
每小时 -> every hour
小时尺度 -> every hour
小时级 -> every hour
逐3小时 -> every 3 hours
每3小时 -> every 3 hours
三小时 -> every 3 hours
3小时一次 -> every 3 hours
每六小时 -> every 6 hours
逐6小时 -> every 6 hours
12小时 -> every 12 hours
逐日 -> every day
日值 -> every day
日数据 -> every day
每日 -> every day
日平均 -> every day
日最高气温 -> every day
日尺度 -> every day
逐候 -> every 5 days
候平均 -> every 5 days
8天合成 -> every 8 days
逐旬 -> every 10 days
旬值 -> every 10 days
旬平均 -> every 10 days
逐周 -> every 7 days
每周 -> every 7 days
周平均 -> every 7 days
半月 -> every 14 days
逐月 -> every month
月值 -> every month
月平均 -> every month
月度 -> every month
每月 -> every month
逐季 -> every 3 months
季节平均 -> every 3 months
季度 -> every 3 months
季平均 -> every 3 months
逐年 -> every year
年度 -> every year
年平均 -> every year
年值 -> every year
每年 -> every year
每5年 -> every 5 years
每十年 -> every 10 years
逐10年 -> every 10 years
"""

SPACINGS = """\
1 km -> 1 km or finer
at 1km resolution -> 1 km or finer
1-km gridded -> 1 km or finer
500 m land cover -> 500 m or finer
500-m -> 500 m or finer
30m land cover -> 30 m or finer
10 metre -> 10 m or finer
10 meter resolution imagery -> 10 m or finer
land cover at 300 metres -> 300 m or finer
9 km soil moisture -> 9 km or finer
0.25 degree -> 27.8 km or finer
0.25° x 0.25° -> 27.8 km or finer
0.25°×0.25° -> 27.8 km or finer
1/4 degree -> 27.8 km or finer
1/12° ocean -> 9.266 km or finer
1/4° grid -> 27.8 km or finer
quarter-degree -> 27.8 km or finer
half-degree -> 55.6 km or finer
half a degree grid -> 55.6 km or finer
one degree -> 111.2 km or finer
2.5 degrees -> 278 km or finer
0.1 deg -> 11.12 km or finer
0.05-degree -> 5.56 km or finer
30 arc-seconds -> 926.6 m or finer
30 arcsec -> 926.6 m or finer
30-arc-second -> 926.6 m or finer
15 arc sec DEM -> 463.3 m or finer
30″ -> 926.6 m or finer
1 arc-minute -> 1.853 km or finer
1 arcmin -> 1.853 km or finer
2.5 arc-minutes -> 4.633 km or finer
5′ grid -> 9.266 km or finer
kilometre-scale -> 1 km or finer
km-scale -> 1 km or finer
sub-kilometre -> 990 m or finer
sub-metre imagery -> 0.99 m or finer
metre resolution -> 1 m or finer
better than 100 m -> 100 m or finer
finer than 1 km -> 1 km or finer
10-30 m -> 30 m or finer
0.25 degree (about 25 km) -> 27.8 km or finer
grid spacing of 12 km -> 12 km or finer
12km grid -> 12 km or finer
spatial resolution: 4 km -> 4 km or finer
resolution of 2 m -> 2 m or finer
25 km EASE grid -> 25 km or finer
1公里 -> 1 km or finer
1公里分辨率 -> 1 km or finer
一公里 -> 1 km or finer
1千米 -> 1 km or finer
一千米 -> 1 km or finer
500米 -> 500 m or finer
五百米 -> 500 m or finer
30米 土地覆盖 -> 30 m or finer
十米 -> 10 m or finer
10米分辨率 -> 10 m or finer
0.25度 -> 27.8 km or finer
0.25° -> 27.8 km or finer
0.1度×0.1度 -> 11.12 km or finer
四分之一度 -> 27.8 km or finer
半度 -> 55.6 km or finer
1/4度 -> 27.8 km or finer
30角秒 -> 926.6 m or finer
30弧秒 -> 926.6 m or finer
1角分 -> 1.853 km or finer
公里级 -> 1 km or finer
百米级 -> 100 m or finer
米级 -> 1 m or finer
亚米级 -> 0.99 m or finer
千米网格 -> 1 km or finer
1km -> 1 km or finer
250m NDVI -> 250 m or finer
分辨率优于100米 -> 100 m or finer
空间分辨率为5公里 -> 5 km or finer
9公里土壤水分 -> 9 km or finer
5km×5km -> 5 km or finer
1KM -> 1 km or finer
1 KM population -> 1 km or finer
2 m DEM -> 2 m or finer
2米分辨率影像 -> 2 m or finer
4 nautical miles -> 7.408 km or finer
"""

PLACES = """\
rainfall over Kenya -> Kenya
rainfall in kenya -> kenya
floods in peru -> peru
wheat yields in the United States -> United States
US counties -> US
U.S. counties -> U.S.
USA -> USA
UK weather -> UK
United Kingdom -> United Kingdom
Great Britain -> Great Britain
England -> England
EU -> EU
European Union -> European Union
Europe -> Europe
sub-Saharan Africa -> sub-Saharan Africa
Kenya and Tanzania -> Kenya or Tanzania
between India and Pakistan -> India or Pakistan
the Philippines -> Philippines
South China Sea -> South China Sea
Gulf of Mexico -> Gulf of Mexico
Persian Gulf -> Persian Gulf
Mediterranean -> Mediterranean
Caspian Sea level -> Caspian Sea
Lake Victoria -> Lake Victoria
Yangtze River basin -> Yangtze River basin
Mississippi River basin -> Mississippi River
Ganges basin -> Ganges
Nile -> Nile
Tibetan Plateau -> Tibetan Plateau
Loess Plateau -> Loess Plateau
Rocky Mountains -> Rocky Mountains
Texas -> Texas
California -> California
Queensland -> Queensland
Sichuan -> Sichuan
Guangdong province -> Guangdong
Xinjiang -> Xinjiang
Beijing -> Beijing
Wuhan -> Wuhan
Beijing-Tianjin-Hebei -> Beijing-Tianjin-Hebei
Inner Mongolia -> Inner Mongolia
Arctic -> Arctic
Antarctica -> Antarctica
northern hemisphere -> northern hemisphere
tropics -> tropics
conterminous United States -> United States
CONUS -> CONUS
continental US -> US
20-40N, 100-120E -> 20°N to 40°N, 100°E to 120°E
20°N–40°N, 100°E–120°E -> 20°N to 40°N, 100°E to 120°E
20N-40N 100E-120E -> 20°N to 40°N, 100°E to 120°E
lat 20 to 40, lon 100 to 120 -> 20°N to 40°N, 100°E to 120°E
latitude 20-40, longitude -120 to -100 -> 20°N to 40°N, 120°W to 100°W
between 20 and 40 degrees north and 100 and 120 degrees east -> 20°N to 40°N, 100°E to 120°E
5S–5N, 170W–120W -> 5°S to 5°N, 170°W to 120°W
5°S-5°N -> 5°S to 5°N
north of 60°N -> 60°N to 90°N
60°N and above -> 60°N to 90°N
south of 60°S -> 90°S to 60°S
bbox 100,20,120,40 -> 20°N to 40°N, 100°E to 120°E
40N, 105W -> 39.5°N to 40.5°N, 105.5°W to 104.5°W
北纬20-40度,东经100-120度 -> 20°N to 40°N, 100°E to 120°E
北纬20°至40°,东经100°至120° -> 20°N to 40°N, 100°E to 120°E
北纬60度以北 -> 60°N to 90°N
南纬60°以南 -> 90°S to 60°S
30°N以北 -> 30°N to 90°N
四川 -> 四川
四川省 -> 四川省
广东省 -> 广东省
新疆维吾尔自治区 -> 新疆维吾尔自治区
武汉市 -> 武汉市
内蒙古 -> 内蒙古
黑龙江省 -> 黑龙江省
云南 滇池 -> 云南
长三角 -> 长三角
珠江流域 -> 珠江
长江中下游 -> 长江中下游
黄河源区 -> 黄河
恒河流域 -> 恒河
密西西比河流域 -> 密西西比河
鄱阳湖 -> 鄱阳湖
渤海湾 -> 渤海
南海北部 -> 南海北部
东海 -> 东海
西北太平洋 -> 西北太平洋
北极 -> 北极
青藏高原 -> 青藏高原
秦岭 -> 秦岭
河西走廊 -> 河西走廊
塔里木盆地 -> 塔里木盆地
东南亚 -> 东南亚
肯尼亚 -> 肯尼亚
美国 -> 美国
美国加州 -> 加州
得克萨斯州 -> 得克萨斯州
欧洲 -> 欧洲
全球 -> 全球
北半球 -> 北半球
"""

TERMS = """\
CC0 -> CC0
CC BY -> CC-BY
CC-BY-4.0 -> CC-BY-4.0
CC BY 4.0 licensed -> CC-BY-4.0
CC BY-SA -> CC-BY-SA
CC-BY-NC -> CC-BY-NC
Creative Commons Attribution -> CC-BY
public domain -> CC-PDM
public-domain -> CC-PDM
ODbL -> ODbL
open government licence -> OGL
open licence -> open licence
openly licensed -> open licence
open data -> open licence
MIT license -> MIT
Apache 2.0 licence -> Apache
知识共享 -> open licence
公有领域 -> CC-PDM
开放许可 -> open licence
可商用 -> open licence
zarr -> zarr
Zarr store -> zarr
netCDF4 -> netcdf
NetCDF 格式 -> netcdf
GeoTIFF -> tiff
COG -> tiff
csv -> csv
parquet -> parquet
GeoParquet -> parquet
GRIB2 -> grib
shapefile -> shapefile
HDF5 -> hdf5
kerchunk -> kerchunk
OPeNDAP -> opendap
"""

MIXED = """\
rain at 40°N, 105°W -> 39.5°N to 40.5°N, 105.5°W to 104.5°W
1980年以来 逐日 非洲 1公里 开放许可 -> since 1980, 非洲, every day, 1 km or finer, open licence
population 2020 -> 2020
2015 floods in Europe -> 2015, Europe
the 2011 Tohoku earthquake -> 2011
land cover for 2000, 2010 and 2020 -> 2000 to 2020
from 1998/01 to 2004/12 -> 1998-01 to 2004-12
June-August 2018 -> 2018-06 to 2018-08
10–12 March 2019 -> 2019-03-10 to 2019-03-12
1 March 2019 to 3 April 2019 -> 2019-03-01 to 2019-04-03
next 50 years -> 2026 to 2076
a 40-year time series of NDVI -> at least 40 years
snow cover over the Andes, every day, at half a kilometre -> Andes, every day, 500 m or finer
half a kilometre -> 500 m or finer
gridded at 0.5 by 0.5 degrees -> 55.6 km or finer
0.25 x 0.25 deg -> 27.8 km or finer
5 arcminutes crop maps -> 9.266 km or finer
land use maps for the year 2015 in Vietnam -> 2015, Vietnam
sea level since the satellite era began in 1993 -> 1993
surface temperature records reaching back to 1850 -> since 1850
covering 1901-2018 -> 1901 to 2018
over 1961–1990 -> 1961 to 1990
baseline 1981-2010 -> 1981 to 2010
glacier outlines around 2000 -> 2000
CMIP6 projections up to 2100 for Southeast Asia -> until 2100, Southeast Asia
weekly chlorophyll, 4km, Mediterranean Sea -> Mediterranean Sea, every 7 days, 4 km or finer
3-hourly winds in the North Sea -> North Sea, every 3 hours
10-min rainfall radar Netherlands -> Netherlands, every 10 minutes
radar at 5 minute intervals -> every 5 minutes
every 16 days -> every 16 days
16-day NDVI at 250 m -> every 16 days, 250 m or finer
monthly sea ice, 25km, Arctic, after 1978 -> since 1978, Arctic, every month, 25 km or finer
data later than 2015 -> since 2015
data from before 1900 -> until 1900
the Dust Bowl of the 1930s -> 1930 to 1939
the 1997/98 El Niño -> 1997 to 1998
1997-98 El Niño -> 1997 to 1998
Hurricane Katrina 2005 -> 2005
Wenchuan earthquake 2008 -> 2008
census 2010 population -> 2010
2020 census -> 2020
GDP per capita, 1960-2022, yearly -> 1960 to 2022, every year
unemployment, quarterly, EU -> EU, every 3 months
vaccination coverage in sub-Saharan Africa since 2000 -> since 2000, sub-Saharan Africa
malaria in Nigeria, Ghana and Mali -> Nigeria or Ghana or Mali
500 m resolution -> 500 m or finer
better than 10 km -> 10 km or finer
as fine as 1 km -> 1 km or finer
1 km or finer -> 1 km or finer
no coarser than 0.25 degree -> 27.8 km or finer
at least 0.1 degree -> 11.12 km or finer
Landsat 30-m -> 30 m or finer
Sentinel-2 10 m -> 10 m or finer
3 m PlanetScope -> 3 m or finer
CC-BY or CC0 -> CC-BY
under CC BY 4.0, as NetCDF -> CC-BY-4.0, netcdf
public domain, CSV -> CC-PDM, csv
Zarr on the cloud -> zarr
free for commercial use -> open licence
no licence restrictions -> open licence
ERA5 1940-now hourly 0.25 -> since 1940, every hour
HRRR 3 km -> 3 km or finer
ERA5-Land 9km monthly Tibet 1981-2023 -> 1981 to 2023, Tibet, every month, 9 km or finer
MODIS MOD13Q1 2001-2020 -> 2001 to 2020
1990—2020年中国土地利用 30米 -> 1990 to 2020, 中国, 30 m or finer
2000年以来青藏高原逐日积雪 500米 分辨率 -> since 2000, 青藏高原, every day, 500 m or finer
长江流域 1961-2020年 日降水 -> 1961 to 2020, 长江流域, every day
京津冀 PM2.5 逐时 2013年至今 -> since 2013, 京津冀, every hour
新疆 气温 月值 1951年-2010年 -> 1951 to 2010, 新疆, every month
1961至2010年 华北 干旱 -> 1961 to 2010
近40年 中国 湖泊面积 -> since 1986, 中国
近四十年来 -> since 1986
四十年来 -> since 1986
2001年到2019年 -> 2001 to 2019
2001～2019 -> 2001 to 2019
二十一世纪以来 -> since 2001
本世纪 -> 2001 to 2100
2020年第一季度 -> 2020
2020年春季 -> 2020
2023年1-6月 -> 2023
2008年5月12日 汶川地震 -> 2008-05-12
每5分钟 雷达 -> every 5 minutes
每隔3小时 -> every 3 hours
3小时分辨率 -> every 3 hours
逐3h -> every 3 hours
逐1h 降水 -> every hour
1h降水 -> every hour
6小时一次 -> every 6 hours
0.25°×0.25° 逐月 -> every month, 27.8 km or finer
空间分辨率1km -> 1 km or finer
分辨率0.05° -> 5.56 km or finer
30m分辨率 DEM -> 30 m or finer
10m 分辨率 土地覆盖 -> 10 m or finer
90米 DEM -> 90 m or finer
5弧分 -> 9.266 km or finer
千米级 -> 1 km or finer
全球 0.1度 逐小时 -> 全球, every hour, 11.12 km or finer
东经73-135度 北纬18-54度 -> 18°N to 54°N, 73°E to 135°E
100°E-110°E, 25°N-35°N -> 25°N to 35°N, 100°E to 110°E
西藏自治区 -> 西藏自治区
长江三角洲 城市 -> 长江三角洲
华北平原 -> 华北平原
南极冰盖 -> 南极
北太平洋 -> 北太平洋
台湾海峡 -> 台湾海峡
印度 -> 印度
蒙古 -> 蒙古
俄罗斯 -> 俄罗斯
哈萨克斯坦 -> 哈萨克斯坦
非洲之角 -> 非洲之角
亚马逊雨林 -> 亚马逊
CC BY 4.0 协议 -> CC-BY-4.0
CC0 协议 -> CC0
可以商用的 -> open licence
GeoTIFF格式 -> tiff
nc格式 -> netcdf
csv格式 -> csv
XCO2 2015年以来 全球 1度 -> since 2015, 全球, 111.2 km or finer
HRRR 3公里预报 -> 3 km or finer
NDVI 1公里 月 -> 1 km or finer
中国 1km 人口 2020 -> 2020, 中国, 1 km or finer
PM2.5 2013-2020 China 1km daily -> 2013 to 2020, China, every day, 1 km or finer
"""

NOTHING = """\
Paris agreement
Georgia Tech
chad
CMIP6 2 degree target
1.5 degree warming
1.5°C scenario
2°C above pre-industrial
warming of 2 degrees
Turkey vulture
turkey vultures in flight
Guinea pig genome
guinea pig
1 in 100 year flood
100-year flood
5G
COVID-19
top 10
PM2.5
PM10
2米气温
2m temperature
2 m air temperature
10m wind
10 m wind speed
10米风速
100 m wind speed at hub height
500 hPa
850 hPa geopotential
AD 1000
1000 BC
2000 BP
China Sea surface
New England
Bank of Japan
University of Hawaii
Japan Meteorological Agency
European Space Agency
African swine fever
West Nile virus
5-day forecast
10-day ensemble forecast
24-hour forecast
3 hours latency
hourly wages
minimum hourly pay
daily life
annual report
annual cycle
aged 65 years and over
children under 5 years
more than 20 years ago
depth 2000 m
0-2000 m ocean heat content
at 500 m depth
above 3000 m
within 10 km of the coast
500 km radius
5 km buffer
10 m2
45 degrees north
bachelor degree
30 degrees Celsius
1200 stations
2000 stations
2000 m depth
up to 2000 stations
total of 1900 species
WGS 1984
EPSG 2056
version 2019
ISO 2014
Horizon 2020
2030 agenda
top 2000 companies
$2000 income
RFC 2045
page 1999
model 2000x
open ocean
open water
open source software
MIT researchers
Apache helicopters
CC chemokine
CSV-1 virus
take us there
us
in us dollars
it is
non-linear
polish
may 2
march on
gene chr1:2000-2100
1e999 km
99999999999 km
0 km
0 degree
year 99999
since 99999
9999 degrees
90.5N 400E
bbox 500,100,600,200
北纬95度
非洲猪瘟
地中海贫血
西北海域
北海道大学
上海交通大学
2度温升
1.5度目标
水深200米
海拔3000米以上
100公里范围内
5米深
北纬
二手房
第三代
百年孤独
千年
十年树木
一日三餐
本月
星期日
年轻人
每亩产量
每平方公里人口
每年龄组
5小时预报
未来24小时预报
10分钟内
"""


def table(*texts: str) -> list[tuple[str, str]]:
    lines = [line for text in texts for line in text.splitlines()]
    return [tuple(line.rsplit(" -> ", 1)) for line in lines]


@pytest.mark.parametrize(("question", "said"), table(PERIODS, STEPS, SPACINGS))
def test_time_and_grain_in_plain_words(question, said):
    assert str(understand(question, today=TODAY)) == said


@pytest.mark.parametrize(("question", "said"), table(PLACES, TERMS, MIXED))
def test_places_and_terms_in_plain_words(question, said):
    assert str(understand(question, today=TODAY)) == said


@pytest.mark.parametrize("question", NOTHING.splitlines())
def test_what_only_looks_like_a_constraint(question):
    assert str(understand(question, today=TODAY)) == ""


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("the n\u0131neties", "the nineties"),
        ("the SEVENT\u0130ES", "the SEVENTIES"),
        ("every \u017fix hours", "every six hours"),
        ("on a 10 \u212am grid", "on a 10 Km grid"),
    ],
)
def test_letters_that_only_look_alike_are_read_as_what_they_look_like(odd, plain):
    assert understand(odd) == understand(plain)
    assert str(understand(odd))
