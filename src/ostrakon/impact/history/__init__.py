"""Files of the time before this service, or beside it: kept byte for byte, checked as ``ostrakon measure`` does.

``kinds`` says what a file may hold, ``kept`` where its bytes lie, ``files`` adds, withdraws and reads them.
"""
