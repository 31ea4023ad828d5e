"""cron_times.py PROGRAM NUMBER: compares the times of that many schedules with croniter's."""
import random
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from croniter import croniter

program, number = sys.argv[1], int(sys.argv[2])
chance = random.Random(15)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"]
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
FIELDS = [(0, 59, []), (0, 23, []), (1, 31, []), (1, 12, MONTHS), (0, 6, DAYS)]


def value(low, high, names):
    number = chance.randint(low, high)
    return names[number - low] if names and chance.random() < 0.4 else str(number)


def item(low, high, names):
    kind = chance.random()
    if kind < 0.4:
        return value(low, high, names)
    if kind < 0.7:
        first, last = sorted(chance.sample(range(low, high + 1), 2))
        text = f"{first}-{last}"
        if names and chance.random() < 0.4:
            text = f"{names[first - low]}-{names[last - low]}"
        return text + (f"/{chance.randint(1, 7)}" if chance.random() < 0.4 else "")
    # croniter takes */2 of a day for no restriction; the library of Kubernetes does, so it isn't compared here.
    return f"*/{chance.randint(2, 20)}" if (low, high) not in ((1, 31), (0, 6)) else value(low, high, names)


def schedule():
    if chance.random() < 0.05:
        return chance.choice(["@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@midnight", "@annually"])
    stars = [0.3, 0.3, 0.6, 0.7, 0.6]
    return " ".join(
        "*" if chance.random() < star else ",".join(item(*field) for _ in range(chance.choice([1, 1, 1, 2, 3])))
        for field, star in zip(FIELDS, stars))


def expected(text, zone, start):
    """In local times without a zone, where every day has 24 hours, and then as Kubernetes takes them."""
    times, last = [], start.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
    steps = croniter(text, last)
    end = start + timedelta(days=5 * 366)
    while len(times) < 6:
        try:
            local = steps.get_next(datetime)
        except Exception:
            break
        found = set()
        for fold in (0, 1):
            moment = local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc)
            # One that doesn't exist comes back as another one.
            if moment.astimezone(zone).replace(tzinfo=None) == local and start < moment < end:
                found.add(moment)
        times = sorted(set(times) | found)
        if local - last > timedelta(days=5 * 366 + 1):
            break
    return times[:5]


cases = []
while len(cases) < number:
    text = schedule()
    start = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(minutes=chance.randint(0, 3 * 365 * 1440))
    if chance.random() < 0.3:
        # Days on which clocks are changed.
        start = datetime(2026, *chance.choice([(3, 8), (3, 28), (4, 4), (10, 3), (10, 24), (10, 31)]), tzinfo=timezone.utc)
    cases.append((text, chance.choice(ZONES), start))
lines = "".join(f"{text};{zone};{start:%Y-%m-%dT%H:%M:%SZ}\n" for text, zone, start in cases)
answers = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
wrong = 0
for (text, zone, start), answer in zip(cases, answers, strict=True):
    wanted = [f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in expected(text, ZoneInfo(zone), start)]
    got = answer.split()[: len(wanted)] if wanted else answer.split()
    if got != wanted:
        wrong += 1
        if wrong < 10:
            print(f"{text} in {zone} after {start}: {got}, croniter says {wanted}")
if wrong:
    sys.exit(f"{wrong} of {number} schedules have other times")
print(f"{number} schedules have the times of croniter")
