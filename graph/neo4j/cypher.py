"""All the Cypher of the Neo4j store, derived from the model; values are always parameters.

Labels and types cannot be parameters: they come from `graph.model` alone. What starts with an
underscore is the store's; the rest is for people. See docs/neo4j.md.
"""

from collections.abc import Iterable

from graph.model import KINDS, TIES, Kind, Tie

_LABELS = ":".join(kind.name for kind in KINDS)
_TYPES = "|".join(tie.name for tie in TIES)

SCHEMA = (
    "CREATE CONSTRAINT thing_id IF NOT EXISTS FOR (n:Thing) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT judgement_id IF NOT EXISTS FOR (j:Judgement) REQUIRE j.id IS UNIQUE",
    "CREATE CONSTRAINT source_name IF NOT EXISTS FOR (s:Source) REQUIRE s.name IS UNIQUE",
    "CREATE CONSTRAINT alliage_one IF NOT EXISTS FOR (s:Alliage) REQUIRE s.one IS UNIQUE",
    # The words are folded already (`graph.text`): the analyzer only has to part them.
    """CREATE FULLTEXT INDEX thing_words IF NOT EXISTS FOR (n:Thing) ON EACH [n._words]
    OPTIONS {indexConfig: {`fulltext.analyzer`: 'standard-folding'}}""",
    # For people: French words whatever their endings, their case and their accents.
    """CREATE FULLTEXT INDEX alliance_text IF NOT EXISTS
    FOR (n:Alliance|Project|Call) ON EACH [n.name, n.purpose]
    OPTIONS {indexConfig: {`fulltext.analyzer`: 'french'}}""",
)
AWAIT_INDEXES = "CALL db.awaitIndexes(60)"
VERSION = "CALL dbms.components() YIELD versions RETURN versions[0]"

# The state of the store: one node, changed last, by which everything else becomes visible -------

BEGIN = """MERGE (s:Alliage {one: 1}) ON CREATE SET s.generation = 0, s.stamp = '',
    s.format = $format, s.sources = [], s.commits = [], s.gone = 0, s.writer = '', s.lease = 0"""
STATE = """MATCH (s:Alliage {one: 1})
    RETURN s.format, s.generation, s.stamp, s.sources, s.commits, s.gone"""
# What changed since a generation can be told when nothing later was swept away.
PAST = """MATCH (s:Alliage {one: 1})
    RETURN s.generation, coalesce(s.swept, 0), coalesce(s.stamps, [])"""
# The write on `one` takes the lock of the node before the writer is looked at.
TAKE = """MATCH (s:Alliage {one: 1}) SET s.one = 1 WITH s
    WHERE s.writer = '' OR s.lease < timestamp() OR s.writer = $writer
    SET s.writer = $writer, s.lease = timestamp() + $lease RETURN s.writing, timestamp()"""
HOLD = """MATCH (s:Alliage {one: 1}) SET s.one = 1 WITH s WHERE s.writer = $writer
    SET s.lease = timestamp() + $lease, s.writing = $writing RETURN s.generation"""
RELEASE = """MATCH (s:Alliage {one: 1}) WHERE s.writer = $writer
    SET s.writer = '', s.lease = 0, s.writing = null"""
FLIP = """MATCH (s:Alliage {one: 1}) SET s.one = 1 WITH s WHERE s.writer = $writer
    SET s.generation = $generation, s.sources = $sources, s.gone = $gone,
        s.commits = CASE s.stamp WHEN $stamp THEN s.commits
            ELSE s.commits[-999..] + timestamp() END,
        s.stamps = CASE s.stamp WHEN $stamp THEN s.stamps
            ELSE coalesce(s.stamps, [])[-999..] + $stamp END,
        s.stamp = $stamp, s.writing = null
    RETURN s.generation"""
NOW = "RETURN timestamp()"
DESCRIBE_SOURCES = "UNWIND $rows AS row MERGE (s:Source {name: row.name}) SET s = row"
DROP_SOURCES = "MATCH (s:Source) WHERE NOT s.name IN $names DELETE s"
PUT_WORDS = "CREATE (:Vocabulary {words: $words})"
WORDS = "MATCH (v:Vocabulary) RETURN v.words"

# Reading ---------------------------------------------------------------------------------------

_NODE = "n.id, n._claims, n._since, n._before"
_TIE = "a.id, b.id, r._claims, r._since, r._before"

NODES = f"MATCH (n:Thing) WHERE n.id IN $keys RETURN {_NODE}"
SCAN_NODES = f"""MATCH (n:Thing) USING INDEX n:Thing(id) WHERE n.id > $after
    WITH n ORDER BY n.id LIMIT $size RETURN collect([{_NODE}]), max(n.id), count(n)"""
SCAN_ALL = f"""MATCH (a:Thing) USING INDEX a:Thing(id) WHERE a.id > $after
    WITH a ORDER BY a.id LIMIT $size
    CALL (a) {{ MATCH (a)-[r:{_TYPES}]->(b:Thing)
        RETURN collect(CASE WHEN r._since <= $generation THEN [type(r), b.id, r._claims]
            ELSE [type(r), b.id, r._claims, r._since, r._before] END) AS ties }}
    RETURN collect([a.id, a._claims, a._since, a._before, ties]), max(a.id), count(a)"""
MAYBE_UNDESCRIBED = f"""MATCH (n:Thing) WHERE n._claims = [] OR n._since > $generation
    RETURN {_NODE}"""
RENAMED = f"MATCH (n:Renamed) RETURN {_NODE}"
JUDGEMENTS = f"MATCH (n:Judgement) RETURN {_NODE}"
TIES_OF = f"""MATCH (n:Thing)-[r:{_TYPES}]->(b:Thing) WHERE n.id IN $keys
    WITH n AS a, r, b RETURN type(r), {_TIE}
    UNION MATCH (a:Thing)-[r:{_TYPES}]->(n:Thing) WHERE n.id IN $keys
    WITH a, r, n AS b RETURN type(r), {_TIE}"""
COUNTS = "\nUNION ALL ".join(
    f"MATCH ()-[r:{tie.name}]->() RETURN '{tie.name}' AS tie, count(r) AS count" for tie in TIES
)


def scan_ties(tie: Tie) -> str:
    """The ties of a kind, page by page in the order of their starts."""
    return f"""MATCH (a:Thing) USING INDEX a:Thing(id) WHERE a.id > $after
        WITH a ORDER BY a.id LIMIT $size
        CALL (a) {{ MATCH (a)-[r:{tie.name}]->(b:Thing) RETURN collect([{_TIE}]) AS ties }}
        RETURN collect(ties), max(a.id), count(a)"""


def all_ties(tie: Tie) -> str:
    """The ties of a kind of which there are few, in any order."""
    return f"MATCH (a:Thing)-[r:{tie.name}]->(b:Thing) RETURN {_TIE}"


def ties_between(tie: Tie) -> str:
    """The ties of a kind from some things to some."""
    return f"""MATCH (a:Thing) WHERE a.id IN $starts
        MATCH (b:Thing) WHERE b.id IN $ends {_joining(tie)} RETURN {_TIE}"""


def ties_of(tie: Tie) -> str:
    """The ties of a kind that start or end at some things."""
    return f"""MATCH (a:Thing)-[r:{tie.name}]->(b:Thing) WHERE a.id IN $keys RETURN {_TIE}
        UNION MATCH (a:Thing)-[r:{tie.name}]->(b:Thing) WHERE b.id IN $keys RETURN {_TIE}"""


def search(kinds: Iterable[Kind]) -> str:
    """The things of some kinds whose words match, the best first."""
    chosen = "|".join(kind.name for kind in kinds)
    where = f"WHERE n:{chosen}" if chosen else ""
    return f"""CALL db.index.fulltext.queryNodes('thing_words', $query) YIELD node AS n, score
        {where} RETURN {_NODE} ORDER BY score DESC LIMIT $limit"""


# Writing: a new state of a thing or of a tie lies over the one before, which readers still see ---


def create_nodes(kind: Kind) -> str:
    """Put things that are not there yet; gives those that are."""
    return f"""UNWIND $rows AS row MERGE (n:Thing {{id: row.id}})
        ON CREATE SET n:{kind.name}, n = row
        WITH row, n WHERE n._since <> $generation OR n._before IS NOT NULL
            OR n._claims <> row._claims
        RETURN {_NODE}"""


CREATE_ENDS = """UNWIND $keys AS key MERGE (n:Thing {id: key})
    ON CREATE SET n._claims = [], n._since = $generation"""


def put_nodes(kind: Kind | None) -> str:
    """Put a new state of things that are there."""
    label = f"SET n:{kind.name}" if kind else ""
    return f"""UNWIND $rows AS row MATCH (n:Thing {{id: row.id}})
        REMOVE n:{_LABELS}:Renamed SET n = row {label}"""


PUT_JUDGEMENTS = "UNWIND $rows AS row MERGE (n:Judgement {id: row.id}) SET n = row"
MARK_RENAMED = "MATCH (n:Thing) WHERE n.id IN $keys SET n:Renamed"


SHOW_SAME = """UNWIND $rows AS row
    MATCH (n:Thing {id: row[0]}) OPTIONAL MATCH (n)-[old:SAME_AS]->() DELETE old
    WITH DISTINCT n, row WHERE row[1] IS NOT NULL
    MATCH (whole:Thing {id: row[1]}) MERGE (n)-[:SAME_AS]->(whole)"""


def create_ties(tie: Tie) -> str:
    """Put ties that are not there yet; gives those that are."""
    return f"""UNWIND $rows AS row
        MATCH (a:Thing {{id: row[0]}}) MATCH (b:Thing {{id: row[1]}})
        MERGE (a)-[r:{tie.name}]->(b)
        ON CREATE SET r += row[3], r._claims = row[2], r._since = $generation
        WITH row, a, r, b WHERE r._since <> $generation OR r._before IS NOT NULL
            OR r._claims <> row[2]
        RETURN {_TIE}"""


def put_ties(tie: Tie) -> str:
    """Put a new state of ties that are there."""
    return f"""UNWIND $rows AS row
        MATCH (a:Thing {{id: row.start}}) MATCH (b:Thing {{id: row.end}}) {_joining(tie)}
        SET r = row.state"""


def _joining(tie: Tie) -> str:
    # The ends first and apart, else the planner walks all the ties of a goal to find one of them.
    return f"CALL (a, b) {{ MATCH (a)-[r:{tie.name}]->(b) RETURN r }}"


# What one source says: its claims begin with its name ------------------------------------------

_SAYS = "any(claim IN {of}._claims WHERE claim STARTS WITH $prefix)"
NODES_OF_SOURCE = f"MATCH (n:Thing) WHERE {_SAYS.format(of='n')} RETURN {_NODE}"


def ties_of_source(tie: Tie) -> str:
    """The ties of a kind of which a source speaks."""
    return f"""MATCH (a:Thing)-[r:{tie.name}]->(b:Thing) WHERE {_SAYS.format(of="r")}
        RETURN {_TIE}"""


# What a writing left that did not end, and what nobody speaks of any more -----------------------

STAGED_NODES = f"MATCH (n:Thing) WHERE n._since > $generation RETURN {_NODE}"
STAGED_JUDGEMENTS = f"MATCH (n:Judgement) WHERE n._since > $generation RETURN {_NODE}"
CHANGED_NODES = f"{STAGED_NODES} LIMIT $most"
DELETE_NODES = "UNWIND $keys AS key MATCH (n:Thing {id: key}) DETACH DELETE n"
DELETE_JUDGEMENTS = "UNWIND $keys AS key MATCH (n:Judgement {id: key}) DELETE n"
BEGIN_SWEEP = "MATCH (s:Alliage {one: 1}) SET s.swept = $horizon"
END_SWEEP = "MATCH (s:Alliage {one: 1}) SET s.gone = 0"
SWEEP_NODES = """MATCH (n:Thing) WHERE n._claims = [] AND n._since <= $horizon AND NOT (n)--()
    WITH n LIMIT $limit DELETE n RETURN count(*)"""


def staged_ties(tie: Tie) -> str:
    """The ties of a kind that were written after a generation."""
    return f"""MATCH (a:Thing)-[r:{tie.name}]->(b:Thing) WHERE r._since > $generation
        RETURN {_TIE}"""


def changed_ties(tie: Tie) -> str:
    """The same, so many at most."""
    return f"{staged_ties(tie)} LIMIT $most"


def delete_ties(tie: Tie) -> str:
    """Take ties away."""
    return f"""UNWIND $rows AS row
        MATCH (a:Thing {{id: row[0]}}) MATCH (b:Thing {{id: row[1]}}) {_joining(tie)}
        DELETE r"""


def sweep_ties(tie: Tie) -> str:
    """Take away ties that no reader sees any more."""
    return f"""MATCH (:Thing)-[r:{tie.name}]->(:Thing)
        WHERE r._claims = [] AND r._since <= $horizon
        WITH r LIMIT $limit DELETE r RETURN count(*)"""
