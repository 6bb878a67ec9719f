# Tells when the wall looks different for good where somebody was.
# A cell is as known while its three colours have changed by about the same factor: that is a change of light. One that is not must look the
# same for more than CONFIRM looks in which nobody hides it, and somebody must have been within reach when it was last as known.
COLUMNS, CELL, TOP = 40, 4, 8
EVERY, CONFIRM, FORGET, PAUSE = 8, 3, 30, 80
LEAST_CELLS, DARKER, BRIGHTER, TINT = 5, 0.5, 2.0, 1.3
# A suspicion is enough to hide the wall; it takes a certain score, in so many rows, to have been there.
CERTAIN, STAY = 0.6, 5


def alike(one, other):
    """Tells whether two looks of a cell differ by light only."""
    red, green, blue = (one[0] + 8) / (other[0] + 8), (one[1] + 8) / (other[1] + 8), (one[2] + 8) / (other[2] + 8)
    low, high = min(red, green, blue), max(red, green, blue)
    return low > DARKER and high < BRIGHTER and high < TINT * low


def cells_in(box, aside, above):
    """Returns the cells that a box touches which is made larger at both sides and above."""
    left, right = max(int((box[0] - aside) // CELL), 0), min(int((box[2] + aside) // CELL), COLUMNS - 1)
    top, bottom = max(int((box[1] - above - TOP) // CELL), 0), min(int((box[3] - TOP) // CELL), len(wall["KNOWN"]) // COLUMNS - 1)
    return [row * COLUMNS + column for row in range(top, bottom + 1) for column in range(left, right + 1)]


def in_known_light(cells, free):
    """Returns how the wall would look in the light in which it became known: most of what is free has not changed."""
    gain = []
    for colour in range(3):
        ratios = sorted([(cells[at][colour] + 8) / (wall["KNOWN"][at][colour] + 8) for at in free[::3]])
        gain.append(ratios[len(ratios) // 2])
    return [[round((cell[colour] + 8) / gain[colour] - 8) for colour in range(3)] for cell in cells]


def meet(row, boxes):
    """Notes what people hide and what is within their reach."""
    for box in boxes:
        if box[4] > 0:
            for at in cells_in(box, 6, 12):
                wall["HIDDEN"][at] = row
        if box[4] > CERTAIN:
            for at in cells_in(box, 16, 16):
                wall["REACHED"][at] = row
                if wall["LOOKS"][at] == 0:
                    wall["VISITED"][at] += 1


def look(row, cells):
    """Takes in a picture; returns the cells that have changed for good."""
    # Whom the detector loses for a moment is still there.
    free = [at for at in range(len(cells)) if row - wall["HIDDEN"][at] > EVERY]
    # Where nearly everything is hidden, there is no light to know it by.
    if 4 * len(free) < len(cells):
        return []
    seen, changed = in_known_light(cells, free), []
    for at in free:
        if row < wall["TOLD"][at] and wall["REACHED"][at] < row:
            wall["NEW"][at] = seen[at]
            accept(at)
        elif alike(seen[at], wall["KNOWN"][at]):
            wall["LOOKS"][at] = 0
            if wall["REACHED"][at] < row:
                wall["VISITED"][at] = 0
        elif wall["LOOKS"][at] > 0 and alike(seen[at], wall["NEW"][at]):
            wall["LOOKS"][at] += 1
            if wall["LOOKS"][at] > FORGET:
                accept(at)
            elif wall["LOOKS"][at] > CONFIRM and wall["VISITED"][at] >= STAY:
                changed.append(at)
        else:
            wall["NEW"][at], wall["LOOKS"][at] = seen[at], 1
    return changed


def accept(at):
    """Knows a cell from now on as it has become."""
    wall["KNOWN"][at], wall["LOOKS"][at], wall["VISITED"][at] = wall["NEW"][at], 0, 0


def together(changed):
    """Returns groups of cells that touch each other: the changed ones, and those that may have changed, too."""
    left, groups = {at: True for at in range(len(wall["LOOKS"])) if wall["LOOKS"][at] > 0 and wall["VISITED"][at] >= STAY}, []
    for start in changed:
        if start in left:
            left.pop(start)
            group = [start]
            for at in group:
                for down in (-COLUMNS, 0, COLUMNS):
                    for near in (at + down - 1, at + down, at + down + 1):
                        if near in left and abs(near % COLUMNS - at % COLUMNS) < 2:
                            left.pop(near)
                            group.append(near)
            if len([at for at in group if wall["LOOKS"][at] > CONFIRM]) >= LEAST_CELLS:
                groups.append(group)
    return groups


def tell(row, group):
    """Makes the payload of a change; what is around it is learnt anew for a while, for it may not have been seen whole."""
    restored = [at for at in group if alike(wall["NEW"][at], wall["FIRST"][at])]
    event = "RESTORED" if 2 * len(restored) > len(group) else "RAISE"
    columns, rows = [at % COLUMNS for at in group], [at // COLUMNS for at in group]
    box = [min(columns) * CELL, TOP + min(rows) * CELL, (max(columns) + 1) * CELL, TOP + (max(rows) + 1) * CELL]
    emit({"EVENT": event, "ROW": row, "BOX": box, "CELLS": len(group)})
    wall["ALARMS"] += 1 if event == "RAISE" else 0
    for at in cells_in(box, 8, 8):
        wall["TOLD"][at] = row + PAUSE
    for at in group:
        accept(at)


wall = state()
for row in inferences():
    cells = [cell for line in row["cells"] for cell in line]
    if wall is None:
        first, nothing = [[round(colour) for colour in cell] for cell in cells], [0] * len(cells)
        wall = {"ROW": 0, "ALARMS": 0, "KNOWN": first, "FIRST": list(first), "NEW": list(first)}
        for key in ("LOOKS", "VISITED", "TOLD"):
            wall[key] = list(nothing)
        wall["HIDDEN"], wall["REACHED"] = [-EVERY] * len(cells), [-EVERY] * len(cells)
    wall["ROW"] += 1
    meet(wall["ROW"], row["boxes"])
    if wall["ROW"] % EVERY == 0:
        for group in together(look(wall["ROW"], cells)):
            tell(wall["ROW"], group)
set_state(wall)
