"""What the steps of a review are called, on the screen and in an audit trail."""

from collections.abc import Mapping

from m2m_desktop.core.messages import N_
from m2m_desktop.core.review import Action

ACTION_WORDS: Mapping[Action, str] = {
    Action.ACCEPT: N_("accepted"),
    Action.CHOOSE: N_("decided by hand"),
    Action.NO_TERM: N_("no suitable term"),
    Action.DRAFT: N_("terms chosen"),
    Action.REOPEN: N_("reopened"),
    Action.FLAG: N_("flagged"),
    Action.UNFLAG: N_("flag removed"),
    Action.COMMENT: N_("comment"),
    Action.EXCEPT: N_("single rows decided"),
    Action.UNEXCEPT: N_("single rows follow the phrase again"),
    Action.UNDO: N_("undone"),
    Action.REDO: N_("redone"),
    Action.PURGE: N_("texts deleted"),
    Action.UPGRADE: N_("brought to another release"),
    Action.ADD: N_("added from the narrative"),
    Action.WITHDRAW: N_("taken out again"),
}
