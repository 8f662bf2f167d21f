"""The error tree; every message names the input, the reason and the remedy.

LoadFactorError
├── CorpusError                 the store cannot do what was asked
│   ├── CorpusBusy              another process holds the writer's lock
│   ├── CorpusDamaged           an index disagrees with the catalog; `doctor --repair` rebuilds it
│   ├── CorpusUnwritable        disk full, read-only or not a directory
│   ├── BackupRefused           a backup file that is damaged, foreign or of a newer version
│   ├── DocumentNotFound        no document of that name or id
│   └── ModelMismatch           the corpus was embedded with another model
├── ModelUnavailable            an embedding model cannot be loaded or exported
├── InputRefused                one input of an ingest cannot be taken; the batch goes on
│   └── ReaderFailed            a reader's process broke or met its limits
├── ConfigurationError          a setting or a backends.toml entry is wrong
└── BackendError                a backend could not answer
"""


class LoadFactorError(Exception):
    """Root of all errors that the product raises on purpose; its text is fit for a reader."""


class CorpusError(LoadFactorError):
    """The store cannot do what was asked."""


class CorpusBusy(CorpusError):
    """Another process holds the writer's lock."""


class CorpusDamaged(CorpusError):
    """An index disagrees with the catalog; `loadfactor doctor --repair` rebuilds it."""


class CorpusUnwritable(CorpusError):
    """The disk is full, read-only, or the data path is no directory."""


class BackupRefused(CorpusError):
    """A backup file is damaged, not one of ours, or written by a newer version."""


class DocumentNotFound(CorpusError):
    """No document of that name or id."""


class ModelMismatch(CorpusError):
    """The corpus was embedded with another model than the one configured."""


class ModelUnavailable(LoadFactorError):
    """An embedding model cannot be loaded or exported."""


class InputRefused(LoadFactorError):
    """One input of an ingest cannot be taken; the text is the reason, the batch goes on."""


class ReaderFailed(InputRefused):
    """A reader's process broke or met its time or memory limit."""


class ConfigurationError(LoadFactorError):
    """A setting or an entry of backends.toml is wrong; names the entry, field and remedy."""


class BackendError(LoadFactorError):
    """A backend could not answer; the text says what to do."""
