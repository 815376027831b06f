"""The structural holes of Burt (1992) around a node: constraint and effective size."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True, slots=True)
class Holes:
    """What surrounds a node.

    Attributes:
        constraint: how far its ties lead back to the same few contacts: small where these do not
            know each other, 1 and more where there is one contact, or one small circle.
        effective_size: the number of its contacts, less what is redundant of them.
    """

    constraint: float
    effective_size: float


def mutual(weights: sparse.csr_array) -> sparse.csr_array:
    """What two nodes give each other, both ways together, as `holes` takes it; n × n.

    `weights`: of the ties from row to column; a tie of a node with itself is ignored.
    """
    both = sparse.csr_array(weights + weights.T)
    both.setdiag(0)
    both.eliminate_zeros()
    return both


def holes(both: sparse.csr_array, node: int) -> Holes | None:
    """Constraint and effective size of a node; None when it has no contact.

    Burt (1992, equations 2.2 and 2.4), with weights and directions as `networkx.constraint` and
    `networkx.effective_size` take them; a symmetric matrix is an undirected graph, where 0 and 1
    as weights give the formula of Borgatti (1997).

    Args:
        both: see `mutual`.
        node: a row of it.
    """
    contacts = both.indices[both.indptr[node] : both.indptr[node + 1]]
    if not len(contacts):
        return None
    given = both.data[both.indptr[node] : both.indptr[node + 1]].astype(np.float64)
    share = given / given.sum()
    theirs = both[contacts]
    between = sparse.csr_array(theirs[:, contacts])
    total = np.asarray(theirs.sum(axis=1)).ravel()
    strongest = theirs.max(axis=1).toarray().ravel()
    constraint = ((share + between.T @ (share / total)) ** 2).sum()
    redundant = ((between @ share) / strongest).sum()
    return Holes(float(constraint), float(len(contacts) - redundant))
