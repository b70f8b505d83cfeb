"""Exact assignment of nails to queries, for a whole batch at once on the training device.

Shortest augmenting paths (Jonker & Volgenant 1987) with fixed loop bounds: no host synchronisation, so the step stays
inside one CUDA graph.
"""

import torch
from torch import Tensor


def assign(cost: Tensor) -> Tensor:
    """cost [B, G, Q], G <= Q, finite -> column of each row [B, G], all different, their sum of costs least.

    A row that stands for nothing has the same cost everywhere: then it does not disturb the others.
    """
    b, g, q = cost.shape
    device = cost.device
    # Duals of rows and columns; one more row, number g, stands for "free" in row_of, and its cost is never used.
    u = cost.new_zeros(b, g + 1)
    v = cost.new_zeros(b, q)
    cost = torch.cat([cost, cost.new_zeros(b, 1, q)], 1)
    row_of = torch.full((b, q), g, device=device)
    column_of = torch.full((b, g + 1), 0, device=device)
    columns = torch.arange(q, device=device)
    for start in range(g):
        row = torch.full((b, 1), start, device=device)
        reached = cost.new_zeros(b, 1)  # length of the shortest path so far
        distance = torch.full((b, q), torch.inf, device=device, dtype=cost.dtype)
        came_from = torch.zeros(b, q, dtype=torch.long, device=device)
        scanned = torch.zeros(b, q, dtype=torch.bool, device=device)
        sink = torch.zeros(b, 1, dtype=torch.long, device=device)
        searching = torch.ones(b, 1, dtype=torch.bool, device=device)
        scanned_rows = torch.zeros(b, g + 1, dtype=torch.bool, device=device)
        for _ in range(start + 1):
            scanned_rows = scanned_rows.scatter(1, row, searching | scanned_rows.gather(1, row))
            path = reached + cost.gather(1, row[..., None].expand(-1, 1, q))[:, 0] - u.gather(1, row) - v
            shorter = (path < distance) & ~scanned & searching
            distance = torch.where(shorter, path, distance)
            came_from = torch.where(shorter, row, came_from)
            least, nearest = distance.masked_fill(scanned, torch.inf).min(1, keepdim=True)
            reached = torch.where(searching, least, reached)
            sink = torch.where(searching, nearest, sink)
            row = torch.where(searching, row_of.gather(1, nearest), row)
            found = row == g
            scanned = scanned | ((columns == nearest) & searching & ~found)
            searching = searching & ~found
        # Duals: rows and columns on the tree move by how much later than them the sink was reached.
        slack = torch.where(scanned, reached - distance, 0)
        v = v - slack
        matched = torch.zeros_like(u).scatter_add(1, row_of, slack)
        matched[:, g] = 0
        u = u + matched
        u[:, start : start + 1] += reached
        # Turn the path around, from the sink back to the row that it started from.
        walking = torch.ones(b, 1, dtype=torch.bool, device=device)
        for _ in range(start + 1):
            parent = torch.where(walking, came_from.gather(1, sink), g)
            row_of = row_of.scatter(1, sink, torch.where(walking, parent, row_of.gather(1, sink)))
            before = column_of.gather(1, parent)
            column_of = column_of.scatter(1, parent, torch.where(walking, sink, before))
            walking = walking & (parent != start)
            sink = torch.where(walking, before, sink)
    return column_of[:, :g]
