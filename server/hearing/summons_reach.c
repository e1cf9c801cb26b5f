/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hearing/summons_reach.h"

#include <string.h>

const char *heard_summons_territory(const HeardUnitPlace *office)
{
    return office->parent_path && strcmp(office->parent_region, office->region) == 0
               ? office->parent_path
               : office->path;
}

const char *heard_summons_county(const HeardUnitPlace *office)
{
    return office->level == HEARD_TOWNSHIP_LEVEL &&
                   strlen(office->region) >= HEARD_COUNTY_REGION_CHARS
               ? office->region
               : NULL;
}

bool heard_summons_reaches(const HeardUnitPlace *office, const HeardUnitPlace *unit)
{
    const char *territory = heard_summons_territory(office);
    const char *county = heard_summons_county(office);

    return strncmp(unit->path, territory, strlen(territory)) == 0 ||
           (county && unit->level == HEARD_COUNTY_LEVEL &&
            strncmp(unit->region, county, HEARD_COUNTY_REGION_CHARS) == 0);
}
